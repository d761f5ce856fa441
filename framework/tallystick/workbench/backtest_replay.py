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
from tallystick.workbench.backtest_results import Backtest, Cell, Change, Example, Hits
from tallystick.workbench.versions import Version

_EXAMPLES_MAX = 3
_HELD_ONLY = (
    "Only decisions that held a record are kept: those whose parents are there are not replayed."
)
_NOT_KEPT = "No decision of {} is kept in the store: nothing is replayed."
_AS_NOW = (
    "{} records changed since they were decided on; a field that the new rules name was taken from "
    "them as they are now."
)
_STAYS = "A client that is linked stays linked: only one that comes without a pair is decided anew."
Kind = tuple[str, str, str, str | None]


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


@dataclass(frozen=True, slots=True)
class Books:
    """The rulebooks of a replay: with the new version, with the other one if any, and today's."""

    after: Rulebook
    before: Rulebook | None
    live: Rulebook

    def close(self) -> None:
        """Free the engines."""
        for book in {id(b): b for b in (self.after, self.before, self.live) if b}.values():
            book.close()


class Replay:
    """One rule file against the stored decisions, or against another version of it."""

    def __init__(self, ws: Workspace, pack: Pack, books: "Books") -> None:
        self._ws = ws
        self._pack = pack
        self._history = History(ws, pack)
        self._now = Deciding(ws, books.after, pack.decision)
        self._was = Deciding(ws, books.before, pack.decision) if books.before else None
        self._live = Deciding(ws, books.live, pack.decision)
        self._live_hash = books.live.packs[pack.decision].hash
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
            file=version.file,
            promotable=version.file in {p.file for p in self._ws.rules.book().beside},
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
        if decision.bound is None:
            return False
        if self._was is None and self._live_hash != past.stored.pack_hash:
            return False
        before = (self._was or self._live).of(past.params)(past.subject)
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
        if not self._history.found:
            yield _NOT_KEPT.format(decision)
        elif decision == "record.push" and {was for was, _ in self._tally.cells} <= {"hold"}:
            yield _HELD_ONLY
        if decision == "contact.match" and self._tally.keys:
            yield _STAYS
        if counts["changed_since"]:
            yield _AS_NOW.format(counts["changed_since"])
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
