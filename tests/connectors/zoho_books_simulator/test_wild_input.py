"""Whatever is sent, the service answers in its own envelope and stays whole."""

from typing import Any

from connectors.zoho_books_simulator.caller import Caller, caller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "1", "2026-07-03", "10:00", "active", "10%", "true"])
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "rate", "label", "value", "email", "discount"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
_FIELDS = [
    "contact_name",
    "contact_type",
    "contact_persons",
    "billing_address",
    "payment_terms",
    "currency_code",
    "custom_fields",
    "project_name",
    "customer_id",
    "billing_type",
    "rate",
    "budget_type",
    "users",
    "tasks",
    "task_name",
    "project_id",
    "task_id",
    "user_id",
    "log_date",
    "log_time",
    "begin_time",
    "end_time",
    "is_billable",
    "notes",
    "cost_rate",
    "line_items",
    "time_entry_ids",
    "expense_id",
    "date",
    "due_date",
    "discount",
    "adjustment",
    "exchange_rate",
    "invoice_number",
    "name",
    "email",
    "user_role",
    "amount",
    "account_id",
    "paid_through_account_id",
    "tax_id",
    "tax_name",
    "tax_percentage",
    "price_precision",
    "description",
    "product_type",
    "invoices",
]
_PATHS = (
    "/contacts",
    "/contacts/contactpersons",
    "/projects",
    "/projects/timeentries",
    "/invoices",
    "/creditnotes",
    "/expenses",
    "/items",
    "/users",
    "/settings/taxes",
    "/settings/currencies",
)


def _known(books: Caller) -> dict[str, Any]:
    """A body that each create accepts."""
    entry = books.entry(books.task(books.project()))
    return {
        **{k: entry[k] for k in ("project_id", "task_id", "user_id", "customer_id")},
        "contact_id": entry["customer_id"],
        "contact_name": "Wild",
        "project_name": "Wild",
        "billing_type": "based_on_project_hours",
        "log_date": "2026-07-03",
        "log_time": "01:00",
        "line_items": [{"name": "W", "rate": 1}],
        "name": "Wild",
        "email": "wild@x.example",
        "amount": 1,
        "rate": 1,
        "date": "2026-07-03",
        "account_id": "1",
        "paid_through_account_id": "2",
        "tax_name": "T",
        "tax_percentage": 7,
        "currency_code": "EUR",
        "first_name": "W",
    }


_IDS = {
    "contacts": ("contacts", "contact_id"),
    "projects": ("projects", "project_id"),
    "projects/timeentries": ("time_entries", "time_entry_id"),
    "invoices": ("invoices", "invoice_id"),
    "expenses": ("expenses", "expense_id"),
}
BOOKS = caller()
KNOWN = _known(BOOKS)
BOOKS.invoice()


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(_PATHS),
    changes=st.dictionaries(st.sampled_from(_FIELDS), _VALUES, min_size=1, max_size=3),
)
def test_no_body_makes_the_service_fail_or_leave_half_a_record(
    path: str, changes: dict[str, Any]
) -> None:
    listed = "/contacts" if path.endswith("contactpersons") else path
    before = BOOKS.ask("GET", listed).text
    answer = BOOKS.ask("POST", path, json={**KNOWN, **changes})
    assert answer.status_code in {200, 201, 400, 404}
    assert answer.json()["code"] == 0 or answer.status_code >= 400
    after = BOOKS.ask("GET", listed)
    assert after.json()["code"] == 0
    if answer.status_code >= 400:
        assert after.text == before


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(sorted(_IDS)),
    changes=st.dictionaries(st.sampled_from(_FIELDS), _VALUES, min_size=1, max_size=3),
)
def test_no_update_makes_the_service_fail_or_change_half_a_record(
    kind: str, changes: dict[str, Any]
) -> None:
    key, field = _IDS[kind]
    path = f"/{kind}/{BOOKS.get(f'/{kind}', per_page=1)[key][0][field]}"
    before = BOOKS.ask("GET", path).text
    answer = BOOKS.ask("PUT", path, json=changes)
    assert answer.status_code in {200, 400, 404}
    if answer.status_code >= 400:
        assert BOOKS.ask("GET", path).text == before


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(_PATHS),
    params=st.dictionaries(
        st.sampled_from(
            [
                "page",
                "per_page",
                "sort_column",
                "sort_order",
                "filter_by",
                "last_modified_time",
                "from_date",
                "to_date",
                "date",
                "date_start",
                "total_greater_than",
                "response_option",
                "search_text",
                "custom_field",
                "status",
                "contact_name_contains",
            ]
        ),
        st.text(max_size=8) | st.integers(-(10**12), 10**12).map(str),
        max_size=3,
    ),
)
def test_no_parameter_makes_a_list_fail(path: str, params: dict[str, str]) -> None:
    if path.endswith("contactpersons"):
        return
    answer = BOOKS.ask("GET", path, params=params)
    assert answer.status_code in {200, 400}
    assert set(answer.json()) >= {"code", "message"}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=60),
    kind=st.sampled_from(
        [
            "application/json",
            "",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
        ]
    ),
)
def test_no_bytes_make_a_create_fail(body: bytes, kind: str) -> None:
    answer = BOOKS.ask("POST", "/contacts", data=body, headers={"Content-Type": kind})
    assert answer.status_code in {201, 400}
