"""Fresh reads just before an invoice is sent: each refusal of step 2."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from store.operations import change, done, invoice, key, release
from support.scripted import ABSENT, MADE, Bench, found
from tallystick.apply.precheck import Precheck
from tallystick.model.operation import ClaimKey, Operation
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput

BOOKED: Mapping[str, Any] = {
    "external_id": "b1",
    "billed_status": "unbilled",
    "invoice_id": None,
    "billable": True,
}
LOGGED: Mapping[str, Any] = {
    "external_id": "e1",
    "project_id": "p1",
    "approval": "approved",
    "billable": True,
    "minutes": 60,
    "invoice_id": None,
}


def bill(*, expense: str | None = None, when: str = "2026-07-15") -> Operation:
    """An invoice of entry e1, which the accounts know as b1 on project bp1."""
    planned = invoice("e1")
    lines = [
        {"project_id": "bp1", "time_entry_ids": ["b1"], "expense_id": None},
        {"project_id": "bp1", "time_entry_ids": [], "expense_id": expense},
    ]
    return Operation(
        planned.reference,
        planned.action,
        planned.type,
        planned.connection_id,
        planned.title,
        {"lines": lines, "date": when, "customer_id": "k1"},
        planned.because,
        claims=planned.claims,
    )


@pytest.fixture
def ready(place: Bench) -> Bench:
    """Everything is as it was planned."""
    place.books.lookups = [ABSENT]
    place.books.rows = {
        "time_entry": {"b1": BOOKED},
        "expense": {"x1": {"external_id": "x1", "status": "unbilled"}},
    }
    place.portal.rows = {"time_entry": {"e1": LOGGED}}
    place.store.records.upsert(
        "portal", "time_entry", [{"external_id": "e1", "project_id": "p1"}], run_id=1
    )
    target = RecordKey("books", "time_entry", "b1")
    pair = LinkInput(RecordKey("portal", "time_entry", "e1"), target, "made")
    place.store.links.add([pair], integration="main", run_id=1, now=place.clock.now())
    return place


def check(
    place: Bench, operation: Operation | None = None, *, writable: bool = True
) -> tuple[str, str] | None:
    """What stands in the way."""
    connectors: Any = {"books": place.books, "portal": place.portal}
    look = Precheck(place.store, connectors, "portal", "books", lambda: writable)
    return look(operation or bill())


def refusal(place: Bench, operation: Operation | None = None) -> str:
    """The code of what stands in the way."""
    answer = check(place, operation)
    assert answer is not None
    assert answer[1].endswith("."), "a sentence"
    return answer[0]


def booked(place: Bench, **changes: Any) -> None:
    """Somebody changed the entry in the accounts meanwhile."""
    place.books.rows["time_entry"]["b1"] = {**BOOKED, **changes}


def logged(place: Bench, **changes: Any) -> None:
    """Somebody changed the entry where it was logged."""
    place.portal.rows["time_entry"]["e1"] = {**LOGGED, **changes}


def test_an_invoice_whose_facts_still_hold_may_be_sent(ready: Bench) -> None:
    """Each side is asked once, under the project of its own."""
    assert check(ready) is None
    assert ready.books.fetched == [("time_entry", ("b1",), "bp1")]
    assert ready.portal.fetched == [("time_entry", ("e1",), "p1")]


def test_nothing_is_sent_while_the_integration_is_off(ready: Bench) -> None:
    """R-199, I-08, INT-02: not an invoice, not a change."""
    for operation in (bill(), change()):
        answer = check(ready, operation, writable=False)
        assert answer is not None
        assert answer[0] == "INT-02"
    assert ready.books.fetched == []


def test_only_invoices_are_looked_at_afresh(ready: Bench) -> None:
    """Other writes rest on the plan's record versions."""
    assert check(ready, change()) is None
    assert ready.books.searched == []


def test_a_reference_that_an_invoice_carries_already_is_refused(ready: Bench) -> None:
    """INV-02: void ones count too."""
    ready.books.lookups = [found(MADE)]
    assert refusal(ready) == "INV-02"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"billed_status": "invoiced", "invoice_id": "i9"}, "INV-01"),
        ({"billed_status": "invoiced"}, "INV-01"),
        ({"invoice_id": "i9"}, "INV-01"),
        ({"billed_status": "never heard of"}, "INV-01"),
        ({"billable": False}, "TS-03"),
        ({"billable": None}, "TS-03"),
    ],
)
def test_an_entry_that_changed_in_the_accounts_is_refused(
    ready: Bench, changes: dict[str, Any], code: str
) -> None:
    """R-166: billed by hand meanwhile, or no longer billable."""
    booked(ready, **changes)
    assert refusal(ready) == code


def test_an_entry_that_is_gone_from_the_accounts_is_refused(ready: Bench) -> None:
    """TS-08."""
    ready.books.rows["time_entry"] = {}
    assert refusal(ready) == "TS-08"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approval": "pending"}, "TS-04"),
        ({"approval": None}, "TS-04"),
        ({"billable": False}, "TS-03"),
        ({"minutes": 61}, "TS-08"),
        ({"invoice_id": "p-inv"}, "INV-01"),
    ],
)
def test_an_entry_that_changed_where_it_was_logged_is_refused(
    ready: Bench, changes: dict[str, Any], code: str
) -> None:
    """R-116, R-167: approval, flag, minutes, or invoiced there meanwhile."""
    logged(ready, **changes)
    assert refusal(ready) == code


def test_an_entry_that_was_deleted_where_it_was_logged_is_refused(ready: Bench) -> None:
    """TS-08."""
    ready.portal.rows["time_entry"] = {}
    assert refusal(ready) == "TS-08"


def test_every_entry_of_every_project_is_looked_at(ready: Bench) -> None:
    """R-150: entries of two projects on one invoice."""
    ready.store.records.upsert(
        "portal", "time_entry", [{"external_id": "e2", "project_id": "p2"}], run_id=1
    )
    ready.portal.rows["time_entry"]["e2"] = {**LOGGED, "approval": "rejected"}
    operation = bill()
    both = Operation(
        operation.reference,
        operation.action,
        operation.type,
        operation.connection_id,
        operation.title,
        operation.payload,
        operation.because,
        claims=(key("e1"), key("e2")),
    )
    assert refusal(ready, both) == "TS-04"
    assert [f[2] for f in ready.portal.fetched] == ["p1", "p2"]


def test_a_source_that_is_not_connected_cannot_be_asked(ready: Bench) -> None:
    """The accounts' own answer stands alone then."""
    logged(ready, approval="rejected")
    connectors: Any = {"books": ready.books}
    assert Precheck(ready.store, connectors, "portal", "books", lambda: True)(bill()) is None


@pytest.mark.parametrize("status", ["draft", "sent", "paid"])
def test_an_earlier_invoice_that_is_in_force_again_is_refused(ready: Bench, status: str) -> None:
    """INV-02, R-180: a void invoice was set back to draft, the entry reads free."""
    release(ready.store, done(ready.store, "e1"))
    ready.books.rows["transaction"] = {"i1": {"external_id": "i1", "status": status}}
    assert refusal(ready) == "INV-02"


@pytest.mark.parametrize("rows", [{}, {"i1": {"external_id": "i1", "status": "void"}}])
def test_an_earlier_invoice_that_is_void_or_gone_is_no_obstacle(
    ready: Bench, rows: dict[str, dict[str, Any]]
) -> None:
    """R-178, R-179."""
    release(ready.store, done(ready.store, "e1"))
    ready.books.rows["transaction"] = rows
    assert check(ready) is None


@pytest.mark.parametrize("row", [{"external_id": "x1", "status": "invoiced"}, None])
def test_an_expense_that_is_no_longer_free_is_refused(
    ready: Bench, row: dict[str, Any] | None
) -> None:
    """EXP-03, R-190, V-XPN-03."""
    ready.books.rows["expense"] = {"x1": row} if row else {}
    assert refusal(ready, bill(expense="x1")) == "EXP-03"


def test_an_expense_that_is_free_goes_along(ready: Bench) -> None:
    """R-187."""
    assert check(ready, bill(expense="x1")) is None


def test_an_invoice_of_expenses_alone_asks_for_no_entries(ready: Bench) -> None:
    """Nothing was logged for it."""
    operation = Operation(
        "TSY-X",
        bill().action,
        "transaction",
        "books",
        "Expenses",
        {"lines": [{"time_entry_ids": [], "expense_id": "x1"}], "date": "2026-07-15"},
        bill().because,
        claims=(ClaimKey("books", "O1", "expense", "x1"),),
    )
    assert check(ready, operation) is None
    assert ready.portal.fetched == []


@pytest.mark.parametrize(
    ("when", "code"), [("2026-03-31", "INV-06"), ("2026-04-01", None), ("2026-04-15", None)]
)
def test_an_invoice_is_not_dated_before_the_lock_date(
    ready: Bench, when: str, code: str | None
) -> None:
    """R-158, V-LOCK-01, V-LOCK-02: the date itself is allowed, work may lie before it."""
    ready.store.records.upsert(
        "books",
        "organization",
        [{"external_id": "O1", "lock_date": date(2026, 4, 1)}],
        run_id=1,
    )
    answer = check(ready, bill(when=when))
    assert (answer[0] if answer else None) == code
