"""Place budgets: need, target, opening position, pace of change and ten years of pounds."""

from nelfin.allocations.budgets import allocate
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.pace import Converged, converge
from nelfin.allocations.sensitivity import sensitivity

__all__ = ["Converged", "allocate", "converge", "sensitivity", "share_envelope"]
