"""Policies of the integration: one key each, checked on load, refused when nothing obeys them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.values import suggestion
from tallystick.decide.yamlnodes import Loader, Node

FORMAT = "policies/1"


@dataclass(frozen=True, slots=True)
class Policy:
    """One choice: its number, default, the alternatives code obeys, and those it does not yet.

    A policy with a `minimum` is a whole number, at most `maximum`; `fixed` says that no other
    number is obeyed yet.
    """

    id: str
    default: Any
    available: tuple[Any, ...] = ()
    later: tuple[Any, ...] = ()
    minimum: int | None = None
    fixed: bool = False
    maximum: int | None = None

    def is_later(self, value: Any) -> bool:
        """True for an alternative that is known, and that nothing obeys yet."""
        if self.fixed and self._is_number(value):
            return bool(value != self.default)
        return any(_same(value, other) for other in self.later)

    def allows(self, value: Any) -> bool:
        """True for a value that is obeyed."""
        if self.minimum is not None:
            return self._is_number(value)
        return any(_same(value, other) for other in (self.default, *self.available))

    def _is_number(self, value: Any) -> bool:
        if type(value) is not int or self.minimum is None:
            return False
        return self.minimum <= value and (self.maximum is None or value <= self.maximum)

    def expected(self) -> str:
        """What may stand here, in words."""
        if self.minimum is not None:
            most = "" if self.maximum is None else f" and at most {self.maximum}"
            return f"a whole number of at least {self.minimum}{most}"
        return ", ".join(self.words())

    def words(self) -> list[str]:
        """The values that are obeyed, as they are written."""
        return [_word(a) for a in (self.default, *self.available)]

    def refusal(self, key: str, value: Any) -> str:
        """Why an alternative is refused, by its name."""
        return f"{self.id} {key}: {_word(value)} is not available yet; use {_word(self.default)}."


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _word(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


POLICIES: Mapping[str, Policy] = {
    "time.zone": Policy("P-10", "portal", later=("organization", "user", "UTC")),
    "time.spanning": Policy("P-11", "start", later=("split",)),
    "time.seconds": Policy("P-40", "half_up", later=("floor", "ceiling")),
    "rounding.time.mode": Policy("P-12", "none", ("up", "down", "nearest")),
    "rounding.time.step": Policy("P-12", 1, minimum=1),
    "rounding.money_grain": Policy("P-13", "line", ("entry",)),
    "rounding.money_mode": Policy("P-14", "half_up", ("half_even",)),
    "rounding.zero_result": Policy("P-15", "hold", ("zero",), later=("non_billable",)),
    "claims.void_releases": Policy("P-17", "after_read_back", later=("ask", "never")),
    "claims.credit_releases": Policy("P-18", "named", later=("never",)),
    "invoicing.drift": Policy("P-20", "report", later=("propose_credit",)),
    "invoicing.total_tolerance": Policy("P-36", 0, minimum=0, maximum=1),
    "invoicing.other_customer": Policy("P-37", "same_currency", ("forbidden",)),
    "periods.closed_period": Policy("P-21", "block", ("redate",)),
    "tax.rounding": Policy("P-22", "line", later=("invoice",)),
    "rates.as_of": Policy("P-23", "plan", later=("work_date",)),
    "rates.zero_rate": Policy("P-24", "warn", ("hold",)),
    "budget.overrun": Policy("P-25", "warn", ("block",)),
    "budget.fixed_fee_overrun": Policy("P-26", "block", later=("warn",)),
    "expenses.scope": Policy("P-27", "made_in_projects", ("all_of_project",)),
    "expenses.currency": Policy("P-28", "hold", later=("convert",)),
    "schedule.daily": Policy("P-29", "daily", later=("fixed", "several", "off")),
    "lifecycle.on_disable": Policy("P-30", "cancel_unsent", ("wait",)),
    "lifecycle.delete_brake.records": Policy("P-33", 10, minimum=0),
    "lifecycle.delete_brake.percent": Policy("P-33", 5, minimum=0),
    "transport.retry.times": Policy("P-34", 6, minimum=1, maximum=6),
    "transport.settle": Policy("P-41", 10, minimum=1, fixed=True),
    "users.unknown": Policy("P-38", "add_inactive", ("hold",)),
}
"""Policies of rules/policies.yaml, by dotted key."""

PARAM_POLICIES: Mapping[tuple[str, str], Policy] = {
    ("time_entry.status", "mode"): Policy("P-01", "unanswered", ("date", "all_unbilled")),
    ("time_entry.status", "late_backdated"): Policy(
        "P-02", "opening_invoiced", ("hold", "unbilled")
    ),
    ("contact.match", "on_duplicate"): Policy("P-03", "ask", ("clone", "overwrite", "skip")),
    ("contact.match", "skip_links"): Policy("P-04", default=True, available=(False,)),
    ("contact.match", "match_key"): Policy(
        "P-05", "name_or_email", ("exact_name", "email", "name_and_email"), later=("tax_number",)
    ),
    ("contact.match", "overwrite_blanks"): Policy("P-06", "keep", ("erase",)),
    ("contact.match", "conflict"): Policy(
        "P-07", "ask_for_money", later=("books", "projects", "newest", "ask")
    ),
    ("record.fetch", "require_approval"): Policy("P-09", default=True, available=(False,)),
    ("invoice_line.add", "closed_task_time"): Policy("P-16", "hold", ("bill",)),
    ("record.fetch", "reentry"): Policy("P-19", "hold", ("off", "warn")),
    ("integration.enable", "portal_check"): Policy("P-31", "portal_id"),
    ("record.fetch", "max_minutes"): Policy("P-35", 1440, minimum=1, maximum=1440),
}
"""Policies that a decision file reads, by decision and param."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies in force, by dotted key."""

    values: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """One policy's value."""
        return self.values.get(key, POLICIES[key].default)


def load_policies(text: str, name: str) -> Policies:
    """Policies of a file.

    Raises `RuleFileError` with the place: unknown key, wrong value, or an alternative that is
    not available yet.
    """
    loader = Loader(name, text)
    documents = loader.documents()
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        raise loader.fail("The file is one mapping of keys.")
    root = documents[0]
    head = root.value.get("tallystick")
    if head is None or head.value != FORMAT:
        raise loader.fail(f"The file starts with `tallystick: {FORMAT}`.", root.mark)
    values: dict[str, Any] = {}
    for key, node in root.value.items():
        if key != "tallystick":
            _collect(loader, root, key, node, values)
    return Policies(values)


def _collect(loader: Loader, parent: Node, key: str, node: Node, values: dict[str, Any]) -> None:
    if isinstance(node.value, dict):
        for name, child in node.value.items():
            _collect(loader, node, f"{key}.{name}", child, values)
        return
    policy = POLICIES.get(key)
    if policy is None:
        mark = parent.keys.get(key.rsplit(".", 1)[-1], node.mark)
        raise loader.fail(f"There is no policy {key}.{_nearest(key)}", mark, "RUL-11")
    if policy.is_later(node.value):
        raise loader.fail(policy.refusal(key, node.value), node.mark, "RUL-13")
    if not policy.allows(node.value):
        raise loader.fail(f"{policy.id} {key} is {policy.expected()}.", node.mark, "RUL-12")
    values[key] = node.value


def _nearest(key: str) -> str:
    """Which key may be meant: one of this file, a param of a decision file, or where all stand."""
    last = key.rpartition(".")[2]
    near = suggestion(key, POLICIES)
    if near and "." in key:
        return near
    params = {name: decision for decision, name in PARAM_POLICIES}
    if last in params:
        return f" {last} is a param of the file of {params[last]}."
    ends = {other.rpartition(".")[2]: other for other in POLICIES}
    other = f" Did you mean {ends[last]}?" if last in ends else ""
    return near or other or " `tallystick rules show policies` lists all."
