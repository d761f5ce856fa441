"""One file's invariants against one subject: does it hold, and how small can the subject be."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.decide import Decider, Pack
from tallystick.decide.atoms import compile_formula, getter
from tallystick.decide.diagram.subjects import base_of
from tallystick.decide.model import TRUE, Invariant
from tallystick.decide.yamlnodes import ABSENT
from tallystick.workbench.subjects import UNKNOWN_WORD

Whole = Mapping[str, Any]
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
        others = (self._decider(other) for other in _variants(invariant, subject))
        return any((other.outcome, other.by) != answer for other in others)

    def why(self, invariant: Invariant, subject: Whole) -> str:
        """What is decided, in a few words."""
        decision = self._decider(subject)
        if invariant.must is not None:
            return f"it does not hold after {decision.outcome} by {decision.by}"
        return f"{decision.outcome} by {decision.by} depends on what must not matter"

    def shrunk(self, invariant: Invariant, subject: Whole) -> dict[str, Any]:
        """The subject with as much as possible as in the file's `base`, and short lists."""
        best = dict(subject)
        again = True
        while again:
            again = False
            for simpler in self._simpler(best):
                if self._breaks(invariant, simpler):
                    best, again = simpler, True
                    break
        return best

    def _simpler(self, subject: Whole) -> Iterator[dict[str, Any]]:
        base = base_of([self._pack])
        for name, value in subject.items():
            usual = base.get(name)
            if value == usual:
                continue
            yield {**subject, name: usual}
            if isinstance(value, list):
                for number in range(len(value)):
                    yield {**subject, name: [*value[:number], *value[number + 1 :]]}
            elif isinstance(value, Mapping) and isinstance(usual, Mapping):
                yield from _fields(subject, name, value, usual)

    def given(self, subject: Whole) -> dict[str, Any]:
        """What a test must say to be about this subject, the rest being the file's `base`."""
        base = base_of([self._pack])
        found: dict[str, Any] = {}
        for name in (*base, *(n for n in subject if n not in base)):
            value, usual = subject.get(name, ABSENT), base.get(name, ABSENT)
            if value == usual:
                continue
            if isinstance(value, Mapping) and isinstance(usual, Mapping):
                # a field of the base that the subject lacks was not fetched
                changed = {k: v for k, v in value.items() if usual.get(k, ABSENT) != v}
                found[name] = changed | {k: ABSENT for k in usual if k not in value}
            else:
                found[name] = value
        return found


def _fields(subject: Whole, name: str, value: Whole, usual: Whole) -> Iterator[dict[str, Any]]:
    for field in {**value, **usual}:
        if field in value and field not in usual:
            yield {**subject, name: {k: v for k, v in value.items() if k != field}}
        elif value.get(field, ABSENT) != usual[field]:
            yield {**subject, name: {**value, field: usual[field]}}


def _variants(invariant: Invariant, whole: Whole) -> Iterator[dict[str, Any]]:
    """Subjects that must get the same decision."""
    for path in invariant.unaffected_by:
        head, _, field = path.partition(".")
        if getter(path)(whole) is ABSENT:
            continue
        for value in ("", UNKNOWN_WORD, None):
            yield {**whole, head: {**whole[head], field: value}}
    items = whole.get(invariant.shuffle) if invariant.shuffle else None
    if isinstance(items, list):
        for order in itertools.islice(itertools.permutations(items), _ORDERS_MAX):
            yield {**whole, str(invariant.shuffle): list(order)}
