"""Stored decisions taken again by another version of their rules, and what that would mean."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tallystick.app.rule_effects import Effects
from tallystick.app.rule_history import Deciding, History, Past
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, Rulebook
from tallystick.model.decision import Decision
from tallystick.model.money import Money
from tallystick.model.record import RecordKey, Row
from tallystick.workbench.versions import Version

_EXAMPLES_MAX = 3
Kind = tuple[str, str, str, str | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: how many decisions were one outcome and are another."""

    was: str
    now: str
    count: int


@dataclass(frozen=True, slots=True)
class Example:
    """A record that would be decided otherwise."""

    record: str
    title: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """Records whose outcome changes in one way, by one rule of the new version.

    `entries` are time entries among them or hanging on them, `amounts` what would be offered for
    billing more or less; `invoiced` are entries that stand on an invoice.
    """

    was: str
    now: str
    by: str
    code: str | None
    records: int
    entries: int
    minutes: int
    amounts: tuple[Money, ...]
    unpriced: int
    invoiced: int
    invoices: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """How many of the replayed decisions one rule took before and would take now."""

    rule: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """One rule file's stored decisions under another version of it.

    `reason_only` keep their outcome and get another rule or code; `retargeted` get another record
    (another customer to link). `untold` name a field that was not kept and cannot be had, so
    nothing is said of them. `outside` are decided by another file. `now_used` took a field from
    the record as it is now; `changed_since` of them differ from what was decided on.
    """

    decision: str
    file: str
    hash: str
    against: str
    against_hash: str
    since: datetime | None
    at: datetime
    replayed: int
    matrix: tuple[Cell, ...]
    changes: tuple[Change, ...]
    hits: tuple[Hits, ...]
    invoiced: int
    reason_only: int
    retargeted: int
    untold: int
    untold_fields: tuple[str, ...]
    now_used: int
    changed_since: int
    gone: int
    outside: int
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        """Decisions with another outcome."""
        return sum(c.count for c in self.matrix if c.was != c.now)


@dataclass(slots=True)
class _Tally:
    """What is counted while the past goes by."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    keys: dict[Kind, dict[str, list[RecordKey]]] = field(default_factory=dict)
    examples: dict[Kind, list[Example]] = field(default_factory=dict)
    untold: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)


class Replay:
    """One rule file against the stored decisions, or against another version of it."""

    def __init__(self, ws: Workspace, pack: Pack, books: tuple[Rulebook, Rulebook | None]) -> None:
        after, before = books
        self._ws = ws
        self._pack = pack
        self._history = History(ws, pack)
        self._now = Deciding(ws, after, pack.decision)
        self._was = Deciding(ws, before, pack.decision) if before is not None else None
        live = ws.rules.book()
        self._live = live.packs.get(pack.decision)
        self._again = Deciding(ws, live, pack.decision) if pack.point.outcomes else None
        self._tally = _Tally()

    def run(self, version: Version, since: datetime | None) -> Backtest:
        """Take each stored decision again."""
        for past in self._history.past(since=since):
            self._one(past)
        tally = self._tally
        changes = tuple(self._changes())
        counts = tally.counts
        return Backtest(
            decision=self._pack.decision,
            file=self._pack.file,
            hash=version.hash,
            against=version.against,
            against_hash=version.against_hash,
            since=since,
            at=self._ws.clock.now(),
            replayed=sum(tally.cells.values()),
            matrix=tuple(Cell(*key, count) for key, count in sorted(tally.cells.items())),
            changes=changes,
            hits=tuple(self._hits()),
            invoiced=sum(c.invoiced for c in changes),
            reason_only=counts["reason"],
            retargeted=counts["target"],
            untold=counts["untold"],
            untold_fields=tuple(sorted(tally.untold)),
            now_used=counts["now_used"],
            changed_since=counts["changed_since"],
            gone=self._history.gone,
            outside=counts["outside"],
            notes=tuple(self._notes()),
        )

    def _one(self, past: Past) -> None:
        tally = self._tally
        if self._now.pack_for(past).name != self._pack.name:
            tally.counts["outside"] += 1
            return
        decision = self._now.of(past.params)(past.subject)
        lost = set(decision.unknown) & set(past.missing)
        if lost:
            tally.counts["untold"] += 1
            tally.untold.update(lost)
            return
        was, rule, code = self._before(past)
        tally.counts["now_used"] += past.now_used
        tally.counts["changed_since"] += past.now_used and past.changed
        tally.cells[was, decision.outcome] += 1
        tally.before[rule] += 1
        tally.after[decision.by] += 1
        if was == decision.outcome:
            tally.counts["reason"] += (rule, code) != (decision.by, decision.code)
            tally.counts["target"] += self._retargeted(past, decision)
            return
        kind = (was, decision.outcome, decision.by, decision.code)
        groups = tally.keys.setdefault(kind, {})
        groups.setdefault(past.stored.integration, []).append(past.stored.key)
        examples = tally.examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES_MAX:
            examples.append(_example(past.stored.key, past.row))

    def _before(self, past: Past) -> tuple[str, str, str | None]:
        """Outcome, rule and code as stored, or as the other version gives them."""
        if self._was is None:
            return past.stored.outcome, past.stored.by, past.stored.code
        found = self._was.of(past.params)(past.subject)
        return found.outcome, found.by, found.code

    def _retargeted(self, past: Past, decision: Decision) -> bool:
        """True when the outcome names another record; who it named is found by deciding again."""
        again = self._was or self._again
        if decision.bound is None or again is None:
            return False
        if self._was is None and (self._live is None or self._live.hash != past.stored.pack_hash):
            return False
        before = again.of(past.params)(past.subject)
        same_id = (before.bound or {}).get("id") == decision.bound.get("id")
        return before.outcome == decision.outcome and not same_id

    def _changes(self) -> Iterator[Change]:
        effects: dict[str, Effects] = {}
        kinds = self._tally.keys
        for kind in sorted(kinds, key=lambda k: -sum(map(len, kinds[k].values()))):
            yield self._change(kind, kinds[kind], effects)

    def _change(
        self, kind: Kind, groups: Mapping[str, Sequence[RecordKey]], effects: dict[str, Effects]
    ) -> Change:
        was, now, by, code = kind
        found = []
        for name, keys in groups.items():
            if name in self._ws.config.integrations:
                if name not in effects:
                    effects[name] = Effects(self._ws, name)
                found.append(effects[name].of(self._pack.decision, was, now, keys))
        amounts: dict[str, int] = {}
        for money in (m for f in found for m in f.amounts):
            amounts[money.currency] = amounts.get(money.currency, 0) + money.minor
        return Change(
            was,
            now,
            by,
            code,
            sum(map(len, groups.values())),
            sum(f.entries for f in found),
            sum(f.minutes for f in found),
            tuple(Money(minor, currency) for currency, minor in sorted(amounts.items())),
            sum(f.unpriced for f in found),
            sum(len(f.invoiced) for f in found),
            tuple(i for f in found for i in f.invoices)[:_EXAMPLES_MAX],
            tuple(self._tally.examples[kind]),
        )

    def _hits(self) -> Iterator[Hits]:
        """By rule: in the order of the new file, then those that are no longer there."""
        before, after = self._tally.before, self._tally.after
        names = [r.id for r in self._pack.rules]
        for name in dict.fromkeys([*names, *sorted({*before, *after})]):
            if before[name] or after[name] or name in names:
                yield Hits(name, before[name], after[name])

    def _notes(self) -> Iterator[str]:
        """What a reader must know to believe the numbers."""
        decision, counts = self._pack.decision, self._tally.counts
        if decision == "record.push":
            yield "Records whose parents were ready are not kept as decisions, so only those held are replayed."
        if decision in {"invoice_line.add", "integration.enable", "integration.migrate"}:
            yield f"Decisions of {decision} are taken when they are needed and not kept, so there is nothing to replay."
        if counts["changed_since"]:
            yield (
                f"{counts['changed_since']} records changed since they were decided on, and a field "
                "that the new rules name was taken from them as they are now."
            )
        if counts["untold"]:
            fields = ", ".join(sorted(self._tally.untold))
            yield f"Of {counts['untold']} decisions nothing can be said: {fields} was not kept."
        reopened = self._tally.cells["invoiced", "unbilled"]
        if reopened:
            yield f"{reopened} entries that count as invoiced would be offered for billing."


def _example(key: RecordKey, row: Row) -> Example:
    minutes: Any = row.get("minutes")
    title = row.get("name") or row.get("work_date") or row.get("number") or key.external_id
    return Example(str(key), str(title), int(minutes) if minutes is not None else None)
