"""What changes from one rule file to another: for which records, how many kinds, and an example."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide import Pack
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import Answer, Region, compare
from tallystick.workbench.layout import flow, from_plain
from tallystick.workbench.subjects import Whole
from tallystick.workbench.witnesses import as_record, smallest, written


@dataclass(frozen=True, slots=True)
class Change:
    """Records that got one answer and get another: how many kinds, and one of them.

    `reason_only` says that the outcome stays and another rule is named for it. `record` is what
    the example has beyond the base of the file it is compared with.
    """

    was: str
    now: str
    was_by: str
    now_by: str
    kinds: int
    share: str
    record: str
    reason_only: bool
    needs_absence: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Two files of one decision side by side; `same` when no record gets another outcome.

    `kinds` is how many kinds of records the two can tell apart; `sampled` says that the numbers
    are of a sample. `settings` are params whose default, and keys whose value, is another one.
    """

    decision: str
    before: str
    after: str
    kinds: int
    sampled: bool
    same: bool
    changes: tuple[Change, ...]
    settings: tuple[str, ...]
    unsure: tuple[str, ...] = ()


def differences(before: Sequence[Pack], after: Sequence[Pack]) -> tuple[Difference, ...]:
    """Decision by decision, for those that both sides take; what one side lacks is left out."""
    theirs = {p.name: p for p in after}
    return tuple(difference(p, theirs[p.name]) for p in before if p.name in theirs)


def difference(before: Pack, after: Pack) -> Difference:
    """What changes from one file to another, largest changes first."""
    compared = compare(before, after)
    total = sum(r.count for r in compared.regions)
    old, new = Compiled(before), Compiled(after)
    try:
        found = [r for r in compared.regions if not r.before.same(r.after, by=True)]
        found.sort(key=lambda r: (not r.changed, -r.count))
        changes = tuple(_change(before, r, total, _shows(old, new, r)) for r in found)
    finally:
        old.close()
        new.close()
    settings = tuple(_settings(before, after))
    return Difference(
        before.decision,
        before.file,
        after.file,
        compared.vectors,
        compared.sampled,
        not settings and all(c.reason_only for c in changes),
        changes,
        settings,
        compared.incomplete,
    )


def _shows(old: Compiled, new: Compiled, region: Region) -> Callable[[Whole], bool]:
    was, now = old.decide(region.witness), new.decide(region.witness)
    wanted = (was.outcome, was.by, now.outcome, now.by)

    def shows(whole: Whole) -> bool:
        one, two = old.decide(whole), new.decide(whole)
        if (one.outcome, one.by, two.outcome, two.by) != wanted:
            return False
        return not region.changed or (one.outcome, one.bound, one.fields) != (
            two.outcome,
            two.bound,
            two.fields,
        )

    return shows


def _change(pack: Pack, region: Region, total: int, shows: Callable[[Whole], bool]) -> Change:
    whole = smallest(pack, region.witness, shows)
    return Change(
        _said(region.before),
        _said(region.after),
        region.before.by,
        region.after.by,
        region.count,
        _share(region.count, total),
        as_record(pack, whole),
        not region.changed,
        region.needs_absence,
    )


def _said(answer: Answer) -> str:
    fields = f" with the fields of {answer.fields}" if answer.fields else ""
    return f"{answer.outcome}{fields}"


def _share(part: int, whole: int) -> str:
    """A share in tenths of a percent, never 0 for something."""
    tenths = 1000 * part // max(whole, 1)
    return f"{tenths // 10}.{tenths % 10} %" if tenths else "< 0.1 %"


def _settings(before: Pack, after: Pack) -> Iterator[str]:
    """What the vectors do not show: defaults of params, the strategy, the state."""
    for name in ("strategy", "state", "otherwise"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name}: {was} -> {now}"
    for name in dict.fromkeys([*before.params, *after.params]):
        ours, theirs = before.params.get(name), after.params.get(name)
        if ours is None or theirs is None:
            yield f"params.{name}: {'added' if ours is None else 'gone'}"
        elif ours.default != theirs.default:
            yield f"params.{name}: {_word(ours.default)} -> {_word(theirs.default)}"


def _word(value: Any) -> str:
    return flow(from_plain(written(value)))
