"""A subject that shows something, made as small as it goes, and written as a test to paste."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from tallystick.decide import Pack
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.decision import Decision
from tallystick.model.money import Money
from tallystick.model.money import minor_digits as digits
from tallystick.workbench.layout import flow, from_plain
from tallystick.workbench.subjects import Whole, subject_of

_NOWHERE = object()


def smallest(pack: Pack, whole: Whole, shows: Callable[[Whole], bool]) -> dict[str, Any]:
    """The subject with every input, field and item as in the file's base that need not differ."""
    base = subject_of(pack, {})
    known = _sayable(pack, whole)
    found = known if shows(known) else dict(whole)
    again = True
    while again:
        again = False
        for simpler in _simpler(found, base):
            if shows(simpler):
                found, again = simpler, True
                break
    return found


def _sayable(pack: Pack, whole: Whole) -> dict[str, Any]:
    """The subject without what no test can say: the numbers that tell made-up items apart."""
    found = dict(whole)
    for head, scope in pack.types.many.items():
        items = found.get(head)
        if isinstance(items, list):
            found[head] = [{k: v for k, v in item.items() if k in scope} for item in items]
    return found


def _simpler(whole: Whole, base: Whole) -> Iterator[dict[str, Any]]:
    """Subjects that are one step nearer to the base."""
    for head in dict.fromkeys([*whole, *base]):
        ours, theirs = whole.get(head, ABSENT), base.get(head, ABSENT)
        if alike(ours, theirs):
            continue
        yield _with(whole, head, theirs)
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            for name in dict.fromkeys([*ours, *theirs]):
                value = theirs.get(name, ABSENT)
                if not alike(ours.get(name, ABSENT), value):
                    yield _with(whole, head, _with(ours, name, value))
        if isinstance(ours, list):
            yield from (_with(whole, head, [*ours[:n], *ours[n + 1 :]]) for n in range(len(ours)))


def _with(whole: Whole, name: str, value: Any) -> dict[str, Any]:
    rest = {k: v for k, v in whole.items() if k != name}
    return rest if value is ABSENT else {**rest, name: value}


def alike(one: Any, other: Any) -> bool:
    """True for equal values of one type: true is not 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = {*one, *other}
        return all(alike(one.get(n, ABSENT), other.get(n, ABSENT)) for n in names)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(alike(a, b) for a, b in pairs)
    return type(one) is type(other) and bool(one == other)


def given_of(pack: Pack, whole: Whole) -> dict[str, Any]:
    """What a test has to say, above the file's base, to ask about a subject."""
    base = subject_of(pack, {})
    given: dict[str, Any] = {}
    for head in dict.fromkeys([*base, *whole]):
        ours, theirs = whole.get(head, ABSENT), base.get(head, ABSENT)
        if alike(ours, theirs):
            continue
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping | type(ABSENT)):
            known = theirs if isinstance(theirs, Mapping) else {}
            names = dict.fromkeys([*known, *ours])
            changed = [n for n in names if not alike(ours.get(n, ABSENT), known.get(n, ABSENT))]
            given[head] = {n: written(ours.get(n, ABSENT)) for n in changed}
        else:
            given[head] = written(ours)
    return given


def written(value: Any) -> Any:
    """A value as a rule file writes it."""
    if isinstance(value, Mapping):
        return {k: written(v) for k, v in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [written(v) for v in value]
    if isinstance(value, Money):
        return f"{value.amount:.{digits(value.currency)}f} {value.currency}"
    return value.isoformat() if isinstance(value, date) else value


def as_record(pack: Pack, whole: Whole) -> str:
    """A subject on one line: what it has beyond the file's base."""
    return flow(from_plain(given_of(pack, whole)))


def as_test(pack: Pack, whole: Whole, decision: Decision, name: str | None = None) -> str:
    """A line for the `tests` of a file that expects the decision on a subject."""
    given = given_of(pack, whole)
    bound = decision.bound.get("id") if decision.bound is not None else None
    test: dict[str, Any] = {"name": name or _name(given, decision, pack)}
    if given:
        test["given"] = given
    speaks = bound is not None and bool(_binds(pack, decision.by))
    test["expect"] = {decision.outcome: bound} if speaks else decision.outcome
    test["by"] = decision.by
    if decision.code is not None and decision.by != "unknown":
        test["code"] = decision.code
    return f"- {flow(from_plain(test))}"


def _binds(pack: Pack, by: str) -> str | None:
    return next((r.then.bind for r in pack.rules if r.id == by), None)


def _name(given: Whole, decision: Decision, pack: Pack) -> str:
    """A name that says what is special and what comes of it; no test has it already."""
    said = []
    for head, value in given.items():
        if isinstance(value, Mapping):
            said += [f"{head}.{n} {_word(v)}" for n, v in value.items()]
        else:
            said.append(f"{head} {_word(value)}")
    what = " and ".join(said[:3]) or "the base"
    name = f"{what} is {decision.outcome} by {decision.by}"
    taken = {c.name for c in pack.tests}
    number = 2
    found = name
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found


def _word(value: Any) -> str:
    if value is ABSENT:
        return "not sent"
    if isinstance(value, list):
        return f"of {len(value)}" if value else "empty"
    return flow(from_plain(value)).strip('"') or "blank"
