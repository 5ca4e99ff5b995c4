"""Place budgets: need, target, opening position, pace of change and ten years of pounds."""

from nelfin.allocations.budgets import allocate
from nelfin.allocations.pace import Converged, converge

__all__ = ["Converged", "allocate", "converge"]
