"""What actions about records, errors and codes answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tallystick.app.results_billing import ClaimView


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that a question about a contact is about, and what the two share."""

    id: str
    name: str
    email: str
    same_name: bool
    same_email: bool


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One record with its reason. `waiting` counts records by type that this root keeps back."""

    id: int
    code: str
    title: str
    severity: str
    kind: str
    module: str
    record: str
    record_title: str
    reason: str
    fix: str | None
    since: datetime
    closed_at: datetime | None
    root_id: int | None
    cause: str | None
    minutes: int
    waiting: Mapping[str, int]
    minutes_waiting: int
    retry_at: datetime | None
    cascade: tuple["ErrorView", ...] = ()
    integration: str = ""
    answer: str | None = None
    """The answer that stands about what it asks, such as "clone"."""
    answered: str | None = None
    """The same as a sentence."""
    command: str | None = None
    """How to answer what it asks, or to answer it otherwise; None when it asks nothing."""
    candidates: tuple[Candidate, ...] = ()
    """Every customer that an open question about a contact is about."""


@dataclass(frozen=True, slots=True)
class ErrorSummaryRow:
    """Counts of one module: roots, cascades, held entries (R-217)."""

    module: str
    roots: int
    cascades: int
    held: int
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One stored decision about one record, in words (R-223).

    `id` is its number; a quiet one that is kept with the decision it led to has none of its own,
    and `kept_with` is the number of that. Each row of `evidence` has path, value, the test as the
    rule has it, and `holds`: yes, no or unknown.
    """

    id: int | None
    at: datetime
    decision: str
    outcome: str
    by: str
    code: str | None
    because: str
    fix: str | None
    place: str
    nearest: str | None
    evidence: tuple[Mapping[str, Any], ...]
    pack_hash: str
    versions: Mapping[str, str] = field(default_factory=dict)
    """Content hash of each record that it saw, as that was then."""
    kept_with: int | None = None


@dataclass(frozen=True, slots=True)
class WhyView:
    """Everything decided about one record; `headline` says where it stands in one sentence."""

    record: str
    title: str
    headline: str
    facts: Mapping[str, Any]
    other_side: str | None
    state: str | None
    codes: tuple[str, ...]
    claim: "ClaimView | None"
    decisions: tuple[DecisionView, ...]
    answered: str | None = None
    """The last answer of a person about it: what, with which customer, by whom, when."""


@dataclass(frozen=True, slots=True)
class RecordList:
    """Stored records of one type."""

    type: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    total: int


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code of the catalogue."""

    code: str
    severity: str
    title: str
    cause: str
    fix: str


@dataclass(frozen=True, slots=True)
class ExplainView:
    """What a code, rule or decision means."""

    subject: str
    title: str
    kind: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    fix: str | None = None
    see_also: tuple[str, ...] = ()
