"""One file's invariants against one subject: does it hold, and how small can the subject be."""

from typing import Any

from tallystick.decide import Decider, Pack
from tallystick.decide.atoms import compile_formula
from tallystick.decide.model import TRUE, Invariant
from tallystick.workbench.subjects import Whole, variants
from tallystick.workbench.witnesses import smallest

_ORDERS_MAX = 6


class Refuter:
    """Tries invariants of one decision on subjects."""

    def __init__(self, pack: Pack, decider: Decider, invariants: tuple[Invariant, ...]) -> None:
        self._pack = pack
        self._decider = decider
        self._invariants = invariants
        self._must = {i.id: compile_formula(i.must) for i in invariants if i.must is not None}

    def refuted(self, subject: Whole) -> Invariant | None:
        """The first invariant that does not hold of the subject."""
        return next((i for i in self._invariants if self._breaks(i, subject)), None)

    def _breaks(self, invariant: Invariant, subject: Whole) -> bool:
        decision = self._decider(subject)
        if invariant.must is not None and invariant.after in {None, decision.outcome}:
            # what is not known was not proven to be wrong, and the safe outcome is not promised
            return self._must[invariant.id](subject, subject) != TRUE
        answer = (decision.outcome, decision.by)
        others = (
            self._decider(other) for other in variants(invariant, subject, orders_max=_ORDERS_MAX)
        )
        return any((other.outcome, other.by) != answer for other in others)

    def why(self, invariant: Invariant, subject: Whole) -> str:
        """What is decided, in a few words."""
        decision = self._decider(subject)
        if invariant.must is not None:
            return f"it does not hold after {decision.outcome} by {decision.by}"
        return f"{decision.outcome} by {decision.by} depends on what must not matter"

    def shrunk(self, invariant: Invariant, subject: Whole) -> dict[str, Any]:
        """The subject with as much as possible as in the file's `base`, and short lists."""
        return smallest(self._pack, subject, lambda whole: self._breaks(invariant, whole))
