"""Place budgets: need, target, opening position, pace of change and ten years of pounds."""

from nelfin.allocations.breaks import level_breaks
from nelfin.allocations.budgets import allocate
from nelfin.allocations.closed import share_envelope
from nelfin.allocations.openings import far_openings, how_scaled
from nelfin.allocations.pace import Converged, converge
from nelfin.allocations.sensitivity import sensitivity

__all__ = [
    "Converged",
    "allocate",
    "converge",
    "far_openings",
    "how_scaled",
    "level_breaks",
    "sensitivity",
    "share_envelope",
]
