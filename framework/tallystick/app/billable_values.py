"""What gathering the billables of a project comes to."""

from dataclasses import dataclass, field
from datetime import date

from tallystick.bill import BillLine
from tallystick.errors import RuleAt
from tallystick.plan.context import Setting, Taken

BILLED = frozenset({"allow", "apart"})
"""Outcomes of `invoice_line.add` after which work is billed."""
LEFT_OUT = "INV-13"
"""The code of work that a rule without a code leaves out."""
GROUPINGS = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person asked to bill; `until` is the last work date, inclusive (R-147)."""

    project: str
    until: date | None = None
    customer: str | None = None
    grouping: str = "by_task"
    with_expenses: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not billed, and why; `rule` is the one that said so, if one did."""

    record: str
    title: str
    minutes: int
    code: str
    reason: str
    rule: RuleAt | None = None


@dataclass(slots=True)
class Billables:
    """Everything an invoice of one project needs."""

    setting: Setting
    chosen: Chosen
    project_id: str
    project_name: str
    target_project_id: str | None
    customer_id: str | None
    customer_name: str | None
    customer_currency: str | None
    other_customer: str | None
    """The project's customer in the accounts, where another was chosen."""
    currency: str
    billing_method: str
    invoice_date: date
    lines: list[BillLine] = field(default_factory=list)
    expense_lines: list[BillLine] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    """Every decision about what a line would hold."""
    blocked: tuple[str, str] | None = None
    rule: str = ""
    rule_place: str = ""
