"""What billing actions answer: previews, invoices, the claim ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tallystick.model.money import Money


@dataclass(frozen=True, slots=True)
class BillLineView:
    """One line of an invoice preview; hours are raw and billed minutes."""

    name: str
    description: str
    quantity: str
    rate: str
    amount: Money
    entries: tuple[str, ...]
    minutes: int
    billed_minutes: int


@dataclass(frozen=True, slots=True)
class LeftOutView:
    """An entry or expense an invoice does not hold, and why not."""

    record: str
    title: str
    minutes: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What an invoice of a project would hold. `customer` None needs a choice (INV-04)."""

    project: str
    project_name: str
    customer: str | None
    customer_name: str | None
    currency: str
    billing_method: str
    grouping: str
    until: date | None
    lines: tuple[BillLineView, ...]
    expenses: tuple[BillLineView, ...]
    left_out: tuple[LeftOutView, ...]
    total: Money
    minutes: int
    warnings: tuple[str, ...] = ()
    blocked: tuple[str, str] | None = None
    """Code and sentence of what stands in the way of an invoice, whatever qualifies."""
    fix: str | None = None
    """What to do about what stands in the way."""
    other_customer: str | None = None
    """The project's customer in the accounts, where another was chosen: they may refuse that."""


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """Unbilled entries that no bill would take now, by the code of what they wait for."""

    code: str
    title: str
    entries: int
    minutes: int


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step of the billing funnel: a label, how many entries pass, and why others dropped."""

    label: str
    count: int
    dropped: int
    reason: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class ToBillView:
    """What bills of every project would take now, and what waits beside it; `project` is the one
    with most to bill.
    """

    amounts: tuple[Money, ...]
    entries: int
    minutes: int
    waiting: tuple[WaitingWork, ...]
    project: str | None = None


@dataclass(frozen=True, slots=True)
class DoubtView:
    """An invoice whose outcome is not known: nobody can say yet whether it was made."""

    reference: str
    project: str
    project_name: str
    entries: int
    total: Money
    fix: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A draft invoice made in the accounts, or what became of it."""

    reference: str
    status: str
    number: str | None
    remote_id: str | None
    customer_name: str
    project_name: str
    total: Money
    minutes: int
    entries: int
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim: which record, by which invoice, in which state."""

    record: str
    kind: str
    state: str
    operation: str | None
    invoice: str | None
    invoice_system: str
    minutes: int
    origin: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class ConservationRow:
    """Minutes of one project by billing state; `difference` 0 is balanced (R-224)."""

    project: str
    project_name: str
    logged: int
    by_state: Mapping[str, int]
    difference: int


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The claim ledger and, when verified, its proofs."""

    claims: tuple[ClaimView, ...]
    total_claims: int
    doubles: tuple[str, ...]
    conservation: tuple[ConservationRow, ...]
    hash: str
    verified: bool

    @property
    def ok(self) -> bool:
        """True when nothing is double and all minutes are accounted for."""
        return not self.doubles and not any(r.difference for r in self.conservation)
