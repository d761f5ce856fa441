"""What a backtest answers: a matrix of outcomes, and each kind of change with what it is worth."""

from dataclasses import dataclass
from datetime import datetime

from tallystick.model.money import Money


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
    promotable: bool
    """It is a draft or shadow of the project."""
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
