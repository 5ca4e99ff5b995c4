"""What capital does to revenue, from the text of the methods alone: loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asset:
    """A funded scheme: what is paid in each year of the plan, and what it brings."""

    organisation: str
    paid: list[float]
    start: int
    build: int
    share: float
    saving: float
    adds: float
    """Share of the spend that adds to the asset base; 0 brings no charges."""
    life: float


def effect(asset: Asset, dividend: float) -> list[float]:
    """Return savings less depreciation and dividend by year.

    Readings (`consequences`): depreciation is a straight line from the year after completion until
    the cost is written off; the dividend falls on the mean of opening and closing net assets, work
    in progress included; savings start the year after completion, in proportion to what is funded.
    """
    cost = sum(asset.paid) * asset.adds
    done = asset.start + asset.build
    net = written = 0.0
    out = []
    for t, paid in enumerate(asset.paid):
        opening = net
        charge = 0.0
        if t >= done:
            charge = min(cost / asset.life, cost - written)
        written += charge
        net += paid * asset.adds - charge
        saving = asset.saving * asset.share if t >= done else 0.0
        out.append(saving - charge - dividend * (opening + net) / 2)
    return out
