"""What is sent: one request a write, drafts only, reference and marker where they belong."""

from typing import Any

import pytest
from connectors.zoho_books.answers import (
    BASE,
    ECHOES,
    ENTRIES,
    KEYS,
    MARK,
    ORG,
    PATHS,
    REFERENCE,
    connect,
    made,
    operation,
    writes,
)
from tallystick.errors import OutcomeUnknown, Rejected
from tallystick.model.operation import Mode
from tallystick.toolbox.wire import Wire
from toolbox.fakes import LEGACY


@pytest.mark.parametrize("type", list(PATHS))
def test_a_create_is_one_post_to_its_list_with_the_organization(type: str) -> None:
    connector, w = connect({f"POST {PATHS[type]}": made(type)})
    receipt = connector.write(operation(type))
    sent = writes(w)
    assert [(s.method, s.path) for s in sent] == [("POST", BASE + PATHS[type])]
    assert sent[0].query["organization_id"] == ORG
    own = "invoice_id" if type == "transaction" else f"{type}_id"
    assert receipt.external_id == ECHOES[type][own]


def test_an_invoice_is_sent_as_a_draft_with_our_reference_and_exact_amounts() -> None:
    connector, w = connect({"POST /invoices": made("transaction")})
    receipt = connector.write(operation("transaction"))
    sent = writes(w)[0]
    assert sent.query["send"] == "false"
    assert sent.body == {
        "customer_id": "50",
        "reference_number": REFERENCE,
        "date": "2026-07-31",
        "line_items": [
            {
                "name": "Atlas rollout",
                "description": "1:35 h at 85.50",
                "quantity": 1,
                "rate": 135.38,
                "project_id": "70",
                "time_entry_ids": ["460000000000000044", "460000000000000045"],
            }
        ],
    }
    assert (receipt.number, (receipt.row or {})["total_minor"]) == ("INV-000011", 13538)


def test_an_invoice_that_came_back_as_sent_is_no_success() -> None:
    connector, _ = connect({"POST /invoices": made("transaction", status="sent")})
    with pytest.raises(OutcomeUnknown):
        connector.write(operation("transaction"))


@pytest.mark.parametrize(
    ("settings", "field", "mode"),
    [
        ({"unique_field": "cf_sync_key"}, None, Mode.C),
        ({"unique_field": "cf_sync_key", "unique_field_proven": False}, None, Mode.C),
        ({"unique_field_proven": True}, None, Mode.C),
        (
            {"unique_field": "cf_sync_key", "unique_field_proven": True},
            {"api_name": "cf_sync_key", "value": REFERENCE},
            Mode.A,
        ),
        (
            {"unique_field": "460000000000777", "unique_field_proven": "true"},
            {"customfield_id": "460000000000777", "value": REFERENCE},
            Mode.A,
        ),
    ],
)
def test_the_unique_field_is_used_only_once_it_was_proven(
    settings: dict[str, Any], field: dict[str, str] | None, mode: Mode
) -> None:
    connector, w = connect({"POST /invoices": made("transaction")}, **settings)
    connector.write(operation("transaction"))
    assert writes(w)[0].body.get("custom_fields") == ([field] if field else None)
    assert connector.writes["transaction"].mode is mode
    assert type(connector).writes["transaction"].mode is Mode.C


def test_the_marker_ends_the_notes_of_a_time_entry() -> None:
    connector, w = connect({f"POST {ENTRIES}": made("time_entry")})
    connector.write(operation("time_entry"))
    assert writes(w)[0].body == {
        "project_id": "70",
        "task_id": "80",
        "user_id": "60",
        "log_date": "2026-07-02",
        "log_time": "01:35",
        "is_billable": True,
        "notes": f"Import {MARK}",
    }


def test_long_notes_are_cut_before_the_marker_never_in_it() -> None:
    connector, w = connect({f"POST {ENTRIES}": made("time_entry")})
    payload = {**operation("time_entry").payload, "notes": "x" * 900}
    connector.write(operation("time_entry", payload=payload))
    notes = writes(w)[0].body["notes"]
    assert len(notes) == 500
    assert notes.endswith(f"x {MARK}")


@pytest.mark.parametrize(("type", "field"), [("project", "description"), ("task", "description")])
def test_the_marker_ends_the_description_of_projects_and_tasks(type: str, field: str) -> None:
    connector, w = connect({f"POST {PATHS[type]}": made(type)})
    connector.write(operation(type))
    assert writes(w)[0].body[field].endswith(MARK)


def test_a_project_names_customer_billing_type_and_staff_as_the_service_requires() -> None:
    connector, w = connect({"POST /projects": made("project")})
    connector.write(operation("project"))
    body = writes(w)[0].body
    assert (body["customer_id"], body["billing_type"], body["user_id"], body["rate"]) == (
        "50",
        "based_on_project_hours",
        "900",
        85.5,
    )


def test_a_billing_method_the_service_does_not_have_is_refused_before_anything_is_sent() -> None:
    connector, w = connect({})
    payload = {**operation("project").payload, "billing_method": "by_the_moon"}
    with pytest.raises(Rejected):
        connector.write(operation("project", payload=payload))
    assert writes(w) == []


def test_a_contact_is_made_in_its_currency_by_the_id_of_that_currency() -> None:
    connector, w = connect({"POST /contacts": made("contact")})
    connector.write(operation("contact"))
    body = writes(w)[0].body
    assert body["currency_id"] == "11"
    assert body["contact_persons"] == [
        {"email": "pay@acme.example", "phone": "+49 30 1", "is_primary_contact": True}
    ]
    assert body["billing_address"] == {"city": "Berlin", "country": "Germany"}
    assert body["notes"] == MARK


def test_a_contact_in_a_currency_the_organization_lacks_is_refused_unsent() -> None:
    connector, w = connect({})
    payload = {**operation("contact").payload, "currency": "KWD"}
    with pytest.raises(Rejected, match="KWD"):
        connector.write(operation("contact", payload=payload))
    assert writes(w) == []


def test_a_user_without_an_address_is_refused_unsent() -> None:
    """R-065."""
    connector, w = connect({})
    with pytest.raises(Rejected):
        connector.write(operation("user", payload={"name": "Mara", "email": None}))
    assert writes(w) == []


def test_an_id_cannot_lead_to_another_address() -> None:
    connector, w = connect({})
    w.service.default = (404, {"code": 1002})
    connector.fetch("contact", ["../../organizations?x=1#y"])
    assert [s.path for s in w.service.sent] == [
        f"{BASE}/contacts/..%2F..%2Forganizations%3Fx%3D1%23y"
    ]


def test_the_older_key_goes_into_the_query_with_the_scope_of_books() -> None:
    connector, w = connect({f"POST {ENTRIES}": made("time_entry")}, LEGACY)
    connector.write(operation("time_entry"))
    query = writes(w)[0].query
    assert (query["authtoken"], query["scope"]) == ("canary-zsc-key", "booksapi")


def test_each_write_has_a_connection_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    plain = Wire._open

    def noted(wire: Wire, origin: str) -> Any:
        opened.append(origin)
        return plain(wire, origin)

    monkeypatch.setattr(Wire, "_open", noted)
    connector, _ = connect({f"POST {ENTRIES}": made("time_entry")})
    connector.write(operation("time_entry"))
    once = len(opened)
    connector.write(operation("time_entry"))
    assert len(opened) == once + 1


def test_every_kind_of_record_that_is_written_can_be_answered() -> None:
    connector, _ = connect({})
    assert set(connector.writes) == set(PATHS) == set(KEYS)
