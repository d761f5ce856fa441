"""What other decisions would mean for time entries: which, what they are worth, who billed them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any, TypeVar

from tallystick.app.assembly import setting_of
from tallystick.app.billable_values import BILLED
from tallystick.app.integrations import record
from tallystick.app.wip import Worth, summed
from tallystick.app.workspace import Workspace
from tallystick.model.money import Money, minor_digits
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import EntryState, Setting, offered
from tallystick.store import ClaimData

_T = TypeVar("_T")
_BATCH = 2000
_EXAMPLES_MAX = 3
_PARENTS = {"project": "project_id", "task": "task_id", "bug": "bug_id", "user": "user_id"}
_COLUMNS = ("project_id", "task_id", "bug_id", "user_id", "minutes", "work_date")
OFFERS = frozenset({"accept", "push", "unbilled", "allow", "apart", "link", "create"})
"""Outcomes after which work can come onto an invoice."""


@dataclass(slots=True)
class Effect:
    """Time entries that one kind of change is about, directly or through what they hang on.

    `values` are exact, by currency: what would be offered for billing more, or less. `invoiced`
    are entries on an invoice that is in force, or may be; `invoices` names some.
    """

    entries: int = 0
    minutes: int = 0
    invoiced: set[str] = field(default_factory=set)
    invoices: list[str] = field(default_factory=list)
    values: list[tuple[str, Fraction]] = field(default_factory=list)
    unpriced: int = 0

    def claimed(self, ref: str, claim: ClaimData) -> None:
        """Count a record that an invoice holds."""
        self.invoiced.add(ref)
        if len(self.invoices) < _EXAMPLES_MAX:
            name = claim.invoice_number or claim.invoice_id or "an invoice being made"
            self.invoices.append(f"{ref} on {name}")

    @property
    def amounts(self) -> tuple[Money, ...]:
        """The values, rounded once each."""
        return summed(self.values)


class Effects:
    """The time entries of one integration, asked about changes of decisions."""

    def __init__(self, ws: Workspace, name: str) -> None:
        self._ws = ws
        self._setting: Setting = setting_of(ws, record(ws, name))
        self._worth: Worth | None = None
        cutoff = self._setting.cutoff
        self._status = ws.rules.decider(
            "time_entry.status", params={"mode": str(cutoff.mode), "cutoff": cutoff.date}
        )

    def of(self, decision: str, was: str, now: str, keys: Sequence[RecordKey]) -> Effect:
        """What it would mean if these records' decision changed from one outcome to another."""
        found = Effect()
        source = self._setting.source.connection_id
        mine = [k for k in keys if k.connection_id == source]
        if decision == "contact.match":
            # a client that is linked stays so, whatever the rules say of it now
            linked = self._ws.store.links.by_source(source, "contact")
            mine = [k for k in mine if k.external_id not in linked]
        own = [k.external_id for k in mine if k.type == "time_entry"]
        for batch in _batches(own):
            rows = self._ws.store.records.many(source, "time_entry", batch)
            self._add(found, list(rows.values()), _Step(decision, was, now, own=True))
        for part in _batches(self._hanging(mine)):
            self._add(found, part, _Step(decision, was, now, own=False))
        target = self._setting.target.connection_id
        expenses = [k.external_id for k in keys if (k.connection_id, k.type) == (target, "expense")]
        for batch in _batches(expenses):
            self._expenses(found, batch, _Step(decision, was, now, own=True))
        return found

    def _expenses(self, found: Effect, ids: Sequence[str], step: "_Step") -> None:
        """Expenses that would be offered, or no longer would."""
        side = self._setting.target
        rows = self._ws.store.records.many(side.connection_id, "expense", ids)
        claims = self._ws.store.outbox.claims_of(side.system, side.container_id, "expense", ids)
        sign = (step.now in OFFERS) - (step.was in OFFERS)
        for id_, row in rows.items():
            if id_ in claims:
                if not step.regroups:
                    found.claimed(f"expense:{id_}", claims[id_])
            elif sign and row.get("currency") and row.get("amount_minor") is not None:
                currency = str(row["currency"])
                exact = Fraction(int(row["amount_minor"]), 10 ** minor_digits(currency))
                found.values.append((currency, sign * exact))

    def _hanging(self, keys: Iterable[RecordKey]) -> Iterator[Row]:
        """Entries of projects, tasks, bugs, users and clients, each once."""
        source = self._setting.source.connection_id
        scan = self._ws.store.records.scan
        ids: dict[str, list[str]] = {}
        for key in keys:
            ids.setdefault(key.type, []).append(key.external_id)
        if ids.get("contact"):
            of_clients = scan(source, "project", where={"client_id": ids["contact"]})
            ids.setdefault("project", []).extend(r["external_id"] for r in of_clients)
        seen: set[str] = set()
        for type_, column in _PARENTS.items():
            for part in _batches(ids.get(type_, [])):
                for row in scan(source, "time_entry", columns=_COLUMNS, where={column: part}):
                    if row["external_id"] not in seen:
                        seen.add(row["external_id"])
                        yield row

    def _add(self, found: Effect, rows: Sequence[Row], step: "_Step") -> None:
        side = self._setting.source
        ids = [r["external_id"] for r in rows]
        states = self._ws.store.states.get_many(side.connection_id, ids)
        claims = self._ws.store.outbox.claims_of(side.system, side.container_id, "time_entry", ids)
        for row in rows:
            id_ = row["external_id"]
            minutes = int(row.get("minutes") or 0)
            found.entries += 1
            found.minutes += minutes
            if id_ in claims:
                if not step.regroups:
                    found.claimed(f"time_entry:{id_}", claims[id_])
                continue
            sign = self._sign(row, states.get(id_), step)
            if sign:
                self._price(found, row, sign * minutes)

    def _price(self, found: Effect, row: Row, minutes: int) -> None:
        if self._worth is None:
            self._worth = Worth(self._ws, self._setting.source.connection_id)
        value = self._worth.of(
            str(row.get("project_id")), row.get("task_id"), row.get("user_id"), minutes
        )
        if value is None:
            found.unpriced += 1
        else:
            found.values.append(value)

    def _sign(self, row: Row, state: EntryState | None, step: "_Step") -> int:
        """1 for an entry that would be offered for billing, -1 for one that no longer would."""
        before, after = step.was in OFFERS, step.now in OFFERS
        if before and not after:
            return -1 if state is not None and state.state == "unbilled" else 0
        if after and not before and step.decision == "invoice_line.add":
            return int(state is not None and state.state == "unbilled")
        if after and not before and step.own:
            return int(step.decision == "time_entry.status" or self._unbilled(row))
        return 0

    def _unbilled(self, row: Mapping[str, Any]) -> bool:
        """True when the cutoff would leave the entry to be billed."""
        entry = {**offered(row), "state": None, "late": False, "reopened": False}
        return self._status({"time_entry": entry}).outcome == "unbilled"


@dataclass(frozen=True, slots=True)
class _Step:
    """A change of outcome; `own` says that it is the entry's, not of what the entry hangs on."""

    decision: str
    was: str
    now: str
    own: bool

    @property
    def regroups(self) -> bool:
        """True when work is billed before and after, so that an invoice made of it stays right."""
        return self.decision == "invoice_line.add" and {self.was, self.now} <= BILLED


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
