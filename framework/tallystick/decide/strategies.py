"""What a strategy makes of the rules that hold and of those that could hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.decide.model import Rule, Then
from tallystick.decide.packs import Pack

Numbers = frozenset[int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the strategy made of one key: outcome, deciding rule, or otherwise or unknown.

    `rivals` are rules in doubt that change nothing if their bound item is the decided one.
    `doubtful` numbers the rules in doubt. `held` has all rules of `collect`, in order. `code`
    is RUL-10, RUL-20 or RUL-21 when the safe outcome was taken in doubt.
    """

    outcome: str
    by: str
    rule: Rule | None = None
    rivals: tuple[Rule, ...] = ()
    doubtful: tuple[int, ...] = ()
    held: tuple[Rule, ...] = ()
    code: str | None = None

    @property
    def then(self) -> Then:
        """The whole outcome."""
        return self.rule.then if self.rule is not None else Then(self.outcome)


def sequence(pack: Pack) -> tuple[int, ...]:
    """The order of evaluation; under deny_overrides safe outcomes stand in front."""
    numbers = list(range(len(pack.rules)))
    if pack.strategy == "deny_overrides":
        numbers.sort(key=lambda n: pack.rules[n].then.outcome != pack.point.safe)
    return tuple(numbers)


def in_doubt(pack: Pack, code: str, doubtful: Sequence[int] = ()) -> Verdict:
    """The safe outcome, because the answer is not sure."""
    return Verdict(pack.point.safe, "unknown", doubtful=tuple(doubtful), code=code)


def resolve(pack: Pack, order: Sequence[int], holds: Numbers, possible: Numbers) -> Verdict:
    """The verdict on the rules that hold and those that could; `possible` includes `holds`."""
    if pack.strategy == "unique":
        return _unique(pack, order, holds, possible)
    if pack.strategy == "collect":
        return _collect(pack, order, holds, possible)
    doubtful: list[int] = []
    for number in order:
        if number in holds:
            return _settle(pack, _held(pack, number), doubtful)
        if number in possible:
            doubtful.append(number)
    return _settle(pack, _otherwise(pack), doubtful)


def _held(pack: Pack, number: int) -> Verdict:
    rule = pack.rules[number]
    return Verdict(rule.then.outcome, rule.id, rule)


def _otherwise(pack: Pack) -> Verdict:
    return Verdict(pack.otherwise, "otherwise")


def _settle(pack: Pack, decided: Verdict, doubtful: Sequence[int]) -> Verdict:
    """The decided verdict, unless a rule in doubt could change the whole outcome."""
    rivals: list[Rule] = []
    for number in doubtful:
        rule = pack.rules[number]
        if rule.then.outcome == decided.outcome == pack.point.safe:
            continue
        if not _may_agree(rule.then, decided.then):
            return in_doubt(pack, "RUL-20", doubtful)
        if rule.then.bind is not None:
            rivals.append(rule)
    if not rivals:
        return decided
    return Verdict(decided.outcome, decided.by, decided.rule, tuple(rivals), tuple(doubtful))


def _may_agree(one: Then, other: Then) -> bool:
    """True when two outcomes are the same, but perhaps for the record they are bound to."""
    both_bound = (one.bind is None) == (other.bind is None)
    return both_bound and (one.outcome, one.fields) == (other.outcome, other.fields)


def _unique(pack: Pack, order: Sequence[int], holds: Numbers, possible: Numbers) -> Verdict:
    """Exactly one rule may hold; a second one, or one that could hold, is no answer."""
    if len(holds) > 1:
        return in_doubt(pack, "RUL-10")
    doubtful = [n for n in order if n in possible and n not in holds]
    decided = _held(pack, next(iter(holds))) if holds else _otherwise(pack)
    outcomes = {decided.outcome, *(pack.rules[n].then.outcome for n in doubtful)}
    if not doubtful or outcomes == {pack.point.safe}:
        return decided
    if holds or len(doubtful) > 1:
        return in_doubt(pack, "RUL-20", doubtful)
    return _settle(pack, decided, doubtful)


def _collect(pack: Pack, order: Sequence[int], holds: Numbers, possible: Numbers) -> Verdict:
    """All outcomes that hold, in order; one that could be missing makes the set unsure."""
    held = tuple(pack.rules[n] for n in order if n in holds)
    sure = {rule.then for rule in held if rule.then.bind is None}
    doubtful = [
        n for n in order if n in possible and n not in holds and pack.rules[n].then not in sure
    ]
    if doubtful:
        return in_doubt(pack, "RUL-20", doubtful)
    if not held:
        return _otherwise(pack)
    return Verdict(held[0].then.outcome, held[0].id, held[0], held=held)
