"""The catalogue as plain data says of every field what rules may say of it, and its meaning."""

import json
from pathlib import Path

import pytest
from rules.shipped import BOOK, TYPES
from tallystick.decide.atoms import atoms_of
from tallystick.decide.described import decision_data, records_data
from tallystick.decide.points import POINTS, Input, input_fields
from tallystick.decide.reference import reference
from tallystick.model.catalogue import FieldType
from tallystick.records.catalogue import CANONICAL

EVERY_FIELD = [
    (point.name, name, field)
    for point in POINTS
    for name, wanted in point.inputs.items()
    if isinstance(wanted, Input)
    for field in input_fields(wanted, TYPES).values()
]


def test_the_catalogue_can_be_written_as_json() -> None:
    data = [records_data(TYPES), *(decision_data(p, TYPES) for p in POINTS)]
    written = json.loads(json.dumps(data))
    assert written == data
    assert [d["decision"] for d in written[1:]] == [p.name for p in POINTS]


def test_every_record_class_is_in_it_with_every_column() -> None:
    data = {r["type"]: {f["name"] for f in r["fields"]} for r in records_data(TYPES)}
    assert data == {cls.type_name: set(cls.model_fields) for cls in CANONICAL}


@pytest.mark.parametrize(
    ("decision", "name", "field"), EVERY_FIELD, ids=[f"{d}-{n}.{f.name}" for d, n, f in EVERY_FIELD]
)
def test_every_field_of_every_decision_has_a_type_and_a_meaning(
    decision: str, name: str, field: FieldType
) -> None:
    assert field.description.endswith((".", "...")), f"{decision} {name}.{field.name}"
    assert field.type in {
        "text",
        "integer",
        "boolean",
        "date",
        "instant",
        "decimal",
        "list",
        "object",
    }
    assert field.type == "text" or not field.values


def field(decision: str, path: str) -> dict[str, object]:
    point = next(p for p in POINTS if p.name == decision)
    head, name = path.split(".")
    inputs = {i["name"]: i for i in decision_data(point, TYPES)["inputs"]}
    return next(f for f in inputs[head]["fields"] if f["name"] == name)


@pytest.mark.parametrize(
    ("decision", "path", "wanted"),
    [
        ("record.fetch", "record.minutes", {"type": "integer", "unit": "minutes", "least": 0}),
        ("record.fetch", "record.external_id", {"fixed": True, "nullable": False}),
        ("record.fetch", "record.approval", {"values": ["approved", "pending", "rejected"]}),
        ("record.fetch", "record.type", {"fixed": True}),
        ("record.fetch", "record.rate", {"type": "decimal"}),
        ("invoice_line.add", "expense.amount_minor", {"unit": "minor", "currency": "currency"}),
        ("invoice_line.add", "time_entry.billed_status", {"fixed": True}),
        ("contact.match", "candidates.name", {"type": "text", "fixed": False}),
        ("contact.match", "candidates.contact_type", {"values": ["customer", "vendor", "client"]}),
        ("time_entry.status", "time_entry.work_date", {"type": "date"}),
        ("time_entry.status", "time_entry.started_at", {"type": "instant"}),
    ],
)
def test_a_field_says_what_its_class_says(
    decision: str, path: str, wanted: dict[str, object]
) -> None:
    found = field(decision, path)
    assert {name: found[name] for name in wanted} == wanted


def test_a_contact_has_the_meaning_of_its_class_in_every_decision() -> None:
    assert field("contact.match", "incoming.email")["meaning"] == (
        TYPES["contact"].fields["email"].description
    )


def test_a_field_offers_the_operators_that_the_checker_takes() -> None:
    assert "matches" in str(field("record.fetch", "record.name")["operators"])
    assert "lt" in str(field("record.fetch", "record.minutes")["operators"])
    assert "before" in str(field("record.fetch", "record.work_date")["operators"])
    assert "lt" not in str(field("record.fetch", "record.billable")["operators"])


def test_a_decision_says_its_outcomes_settings_and_policies() -> None:
    point = next(p for p in POINTS if p.name == "time_entry.status")
    data = decision_data(point, TYPES)
    assert (data["safe"], data["otherwise"], data["types"]) == ("hold", ["hold"], ["time_entry"])
    assert data["settings"] == ["mode", "cutoff"]
    assert data["policies"]["mode"]["id"] == "P-01"
    assert data["policies"]["late_backdated"]["available"] == ["hold", "unbilled"]


def test_the_shipped_rules_read_only_fields_of_the_catalogue() -> None:
    for pack in BOOK.packs.values():
        for rule in pack.rules:
            for atom in atoms_of(rule.when):
                assert atom.path in pack.types.many or pack.types.field(atom.path) is not None


def test_the_reference_of_fields_is_what_the_catalogue_says() -> None:
    """When this fails, write the file anew with the command in its message."""
    path = Path(__file__).parents[2] / "docs" / "fields.md"
    command = (
        'uv run python -c "from tallystick.decide.reference import reference; '
        "from tallystick.decide.points import POINTS; "
        "from tallystick.records.catalogue import catalogue; "
        "print(reference(catalogue(), POINTS), end='')\" > docs/fields.md"
    )
    assert path.read_text(encoding="utf-8") == reference(TYPES, POINTS), command
