"""What a pack still has to ask once some cells are known, for each strategy; and its answer.

A state has the rules that are left, and of rules in doubt only what they could change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tallystick.decide.diagram.answers import SAFE, Answer, Answers, Claim
from tallystick.decide.diagram.counting import SEVERAL
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.model import FALSE, TRUE, UNKNOWN
from tallystick.decide.packs import Pack

Entry = tuple[int, int, int | None]
"""What is left of a rule's formula, the rule, and its bound item once that is known."""
NO_ONE = -1
"""Stands for a rule that makes the answer unknown whether it holds or is in doubt."""
State = tuple[Any, tuple[Entry, ...]]


class Walk(Protocol):
    """How one pack is asked: a state, or the answer, after each group."""

    def start(self) -> State | Answer:
        """The state before anything is known."""

    def known(self, state: State, group: int, cell: int) -> State | Answer:
        """The state once the cell of a group is known."""

    def groups(self, state: State) -> int:
        """The groups that the state still mentions, as bits."""


def walk_of(pack: Pack, residues: Residues, *, targets: bool = False) -> Walk:
    """The walk of a pack's strategy. `targets` tells answers apart by their bound items."""
    answers = Answers(pack, residues, targets=targets)
    kinds: dict[str, type[_Walk]] = {"unique": UniqueWalk, "collect": CollectWalk}
    return kinds.get(pack.strategy, FirstWalk)(answers)


class _Walk:
    """What all strategies share: the formulas that are left."""

    nothing: Any = None

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._left = answers.residues.left
        self._masks = answers.residues.groups

    def start(self) -> State | Answer:
        """The state before anything is known."""
        rules = enumerate(self._answers.rules)
        entries = [(self._answers.residues.number(r.when), n, None) for n, r in rules]
        return self._settled(self.nothing, entries)

    def known(self, state: State, group: int, cell: int) -> State | Answer:
        """The state once the cell of a group is known."""
        item = self._answers.item
        entries = [
            (self._left(f, group, cell), n, n if n < 0 else item(n, i, group, cell))
            for f, n, i in state[1]
        ]
        return self._settled(state[0], entries)

    def groups(self, state: State) -> int:
        """The groups that the state still mentions, as bits."""
        mask = 0
        for formula, _, _ in state[1]:
            mask |= self._masks(formula)
        return mask

    def _claim(self, number: int, item: int | None) -> Claim:
        claim = self._answers.claims[number]
        return claim if item is None or claim == SAFE else Claim(claim.kind, item)

    def _settled(self, _before: Any, _entries: Sequence[Entry]) -> State | Answer:
        raise NotImplementedError


class FirstWalk(_Walk):
    """`first`, and `deny_overrides`, which is first after a stable sort.

    The state's first part is what the rules in doubt so far would answer, or None.
    """

    def _settled(self, before: Any, entries: Sequence[Entry]) -> State | Answer:
        doubt = before if isinstance(before, Claim) else None
        kept: list[Entry] = []
        seen = doubt  # what the rules in doubt answer, those behind an open rule included
        for entry in entries:
            formula, number, item = entry
            if formula == FALSE:
                continue
            claim = None if number == NO_ONE else self._claim(number, item)
            met = claim if seen is None or claim is None else seen.meets(claim)
            if claim is None or met is None or claim.item == SEVERAL:
                kept.append((formula, NO_ONE, NO_ONE))
                if formula in {TRUE, UNKNOWN}:
                    break
            elif formula == TRUE:
                kept.append(entry)
                break
            elif formula != UNKNOWN:
                kept.append(entry)
            else:
                if not kept:
                    doubt = met
                elif met != seen:
                    kept.append(
                        (formula, self._answers.claims.index(self._answers.claims[number]), item)
                    )
                seen = met
        return self._end(doubt, seen, kept)

    def _end(self, doubt: Claim | None, seen: Claim | None, kept: list[Entry]) -> State | Answer:
        """Rules that change nothing at the end are dropped; then the answer, if it is there."""
        last = kept[-1] if kept else None
        closed = last is not None and last[0] in {TRUE, UNKNOWN} and last[1] == NO_ONE
        sure = last is not None and last[0] == TRUE
        open_end = not closed and not sure
        lost = open_end and seen is not None and seen.meets(self._answers.otherwise) is None
        if closed or lost:
            while kept and (kept[-1][1] == NO_ONE or kept[-1][0] == UNKNOWN):
                kept.pop()
            kept.append((UNKNOWN, NO_ONE, NO_ONE))
        if kept and kept[0][0] not in {TRUE, UNKNOWN}:
            return doubt, tuple(kept)
        if not kept:
            return self._answers.nothing()
        _, number, item = kept[0]
        return self._answers.unknown() if number == NO_ONE else self._answers.answer(number, item)


@dataclass(frozen=True, slots=True)
class _Only:
    """The rule that holds, and those in doubt: how many (up to two), whether all of them are
    safe, and what the only one would answer.
    """

    held: tuple[int, int | None] | None = None
    doubtful: int = 0
    safe: bool = True
    claim: Claim | None = None


class UniqueWalk(_Walk):
    """`unique`: a second rule that holds ends it."""

    nothing = _Only()

    def _settled(self, before: Any, entries: Sequence[Entry]) -> State | Answer:
        found: _Only = before
        left: list[Entry] = []
        for formula, number, item in entries:
            if formula == TRUE:
                if found.held is not None:
                    return self._answers.unknown("RUL-10")
                found = replace(found, held=(number, item))
            elif formula == UNKNOWN:
                claim = self._claim(number, item)
                found = _Only(
                    found.held,
                    min(found.doubtful + 1, 2),
                    found.safe and claim == SAFE,
                    claim if found.doubtful == 0 else None,
                )
            elif formula != FALSE:
                left.append((formula, number, item))
        return (found, tuple(left)) if left else self._last(found)

    def _last(self, found: _Only) -> Answer:
        answers, held = self._answers, found.held
        decided = answers.otherwise if held is None else answers.claims[held[0]]
        if found.doubtful == 0 or (found.safe and decided == SAFE):
            return answers.nothing() if held is None else answers.answer(*held)
        alike = found.claim is not None and decided.meets(found.claim) is not None
        return answers.nothing() if held is None and alike else answers.unknown()


class CollectWalk(_Walk):
    """`collect`. The state's first part is the rules that hold, and those in doubt of which no
    rule that holds says the same.
    """

    nothing: Any = ((), frozenset())

    def _settled(self, before: Any, entries: Sequence[Entry]) -> State | Answer:
        held: tuple[tuple[int, int | None], ...]
        doubtful: frozenset[int]
        held, doubtful = before
        rules = self._answers.rules
        left = [e for e in entries if e[0] not in {FALSE, TRUE, UNKNOWN}]
        held = tuple(sorted({*held, *((n, i) for f, n, i in entries if f == TRUE)}))
        first = {r.then: n for n, r in reversed(list(enumerate(rules)))}
        sure = {rules[n].then for n, _ in held if rules[n].then.bind is None}
        could = sure | {rules[n].then for _, n, _ in left if rules[n].then.bind is None}
        unsure = {first[rules[n].then] for f, n, _ in entries if f == UNKNOWN} | doubtful
        unsure = {n for n in unsure if rules[n].then not in sure}
        if any(rules[n].then not in could for n in unsure):
            return self._answers.unknown()
        if left:
            return (held, frozenset(unsure)), tuple(left)
        if not held:
            return self._answers.nothing()
        number, item = held[0]
        return self._answers.answer(number, item, tuple(self._answers.answer(*h) for h in held))
