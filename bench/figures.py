"""Figures: what was measured, against what, what must hold, and whether it does."""

from dataclasses import dataclass
from statistics import median

import orjson


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ratio` compares it with `against`; `holds` is None when nothing has to
    hold or when what it is compared with was not run.
    """

    name: str
    figure: float
    unit: str
    against: str
    ratio: float | None
    must: str
    holds: bool | None
    note: str = ""

    def line(self) -> str:
        """One line of JSON."""
        return orjson.dumps(self).decode()

    def words(self) -> str:
        """One line for people."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} of {self.against}"
        verdict = {True: "holds", False: "DOES NOT HOLD", None: "printed only"}[self.holds]
        parts = [f"{self.name}: {self.figure:,.1f} {self.unit}", ratio, self.must, verdict]
        return "; ".join(p for p in (*parts, self.note) if p)


def at_least(ratio: float | None, least: float) -> bool | None:
    """Whether a ratio is large enough; None when there is none."""
    return None if ratio is None else ratio >= least


def middle(values: list[float]) -> float:
    """The median."""
    return float(median(values))


def spread(values: list[float]) -> str:
    """Smallest and largest, as the noise of the machine."""
    return f"{min(values):,.0f} to {max(values):,.0f} in {len(values)} runs"
