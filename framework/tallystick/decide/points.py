"""The decision points of the host: which question, which inputs, which outcomes, which is safe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.decision import DecisionPoint


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a decision point: the columns of some record types, and fields of its own.

    `many` is a list of such items.
    """

    types: tuple[str, ...] = ()
    own: Mapping[str, FieldType] = field(default_factory=dict)
    many: bool = False


def _text(name: str, description: str = "", values: tuple[str, ...] = ()) -> FieldType:
    return FieldType(name, "text", description=description, values=values)


def _flag(name: str, description: str = "") -> FieldType:
    return FieldType(name, "boolean", description=description)


def _fields(*fields: FieldType) -> dict[str, FieldType]:
    return {f.name: f for f in fields}


FETCHED = ("project", "task", "bug", "time_entry", "user")
_RECORD = _fields(
    _text("type", "Canonical type.", (*FETCHED, "contact")),
    _text(
        "module", "Module a person chose that the record depends on.", ("projects", "timesheets")
    ),
    _text("project", "Name of the project, for sentences."),
    _text("primary_client", "For a project: its primary client."),
    _text("customer_currency", "For a project: currency of the customer it is billed to."),
    _flag("general", "For a time entry: logged on no task and no bug."),
    _flag("lookalike", "For a time entry: equals one that was invoiced or deleted (R-119)."),
    _text("email_state", "For a user: is the address usable.", ("ok", "missing", "shared")),
)
_CONTACT = _fields(
    _text("id"),
    _text("name"),
    _text("email"),
    _text("phone"),
    _text("currency"),
    _text("status", values=("active", "inactive")),
    _text("contact_type", values=("customer", "vendor", "client")),
    _text("company_name"),
)
_CLAIM = _fields(
    _text("kind", "What is claimed.", ("time_entry", "task", "expense", "fixed_part")),
    _text("status", "claimed, in_doubt, invoiced, released, or a word not known yet."),
    _text("invoice"),
    _text("system"),
)
POINTS: tuple[DecisionPoint, ...] = (
    DecisionPoint(
        "contact.match",
        "Which customer an incoming client already is",
        {"incoming": Input(own=_CONTACT), "candidates": Input(own=_CONTACT, many=True)},
        ("link", "create", "review"),
        "review",
        otherwise_free=True,
    ),
    DecisionPoint(
        "record.fetch",
        "What is brought over",
        {
            "record": Input(FETCHED, _RECORD),
            "integration": Input(
                own=_fields(
                    FieldType("modules", "list", description="Chosen modules."),
                    _flag("general_timesheets", "General entries are brought over."),
                )
            ),
        },
        ("accept", "skip"),
        "skip",
    ),
    DecisionPoint(
        "time_entry.status",
        "Whether work counts as invoiced already",
        {
            "time_entry": Input(
                ("time_entry",),
                _fields(
                    _text("state", "Its former billing state."),
                    _flag("late", "First seen after the first sync."),
                ),
            )
        },
        ("unbilled", "invoiced", "hold"),
        "hold",
    ),
    DecisionPoint(
        "record.push",
        "Whether a record's parents are there",
        {
            "record": Input((*FETCHED, "contact"), _RECORD),
            "parents": Input(
                own=_fields(
                    _text("id"), _text("type"), _text("name"), _text("state"), _text("code")
                ),
                many=True,
            ),
        },
        ("push", "hold"),
        "hold",
    ),
    DecisionPoint(
        "invoice_line.add",
        "Whether work may go on an invoice",
        {
            "line": Input(own=_fields(_text("kind"), _text("ref"))),
            "task": Input(own=_fields(_text("name"), _flag("completed"))),
            "time_entry": Input(("time_entry",)),
            "expense": Input(
                ("expense",),
                _fields(_flag("same_project"), _flag("same_customer"), _flag("same_currency")),
            ),
            "claims": Input(own=_CLAIM, many=True),
        },
        ("allow", "refuse"),
        "refuse",
    ),
    DecisionPoint(
        "integration.migrate",
        "Which transactions move to the new edition",
        {
            "transaction": Input(own=_fields(_text("number"), _text("customer"))),
            "project": Input(own=_fields(_text("name"), _text("primary_client"))),
        },
        ("migrate", "leave"),
        "leave",
    ),
    DecisionPoint(
        "integration.enable",
        "Whether an integration may be switched on",
        {
            "request": Input(
                own=_fields(
                    _text("user"),
                    _text("role"),
                    _flag("owns_portal"),
                    _text("portal"),
                    _text("portal_name"),
                )
            ),
            "previous": Input(own=_fields(_text("portal"), _text("portal_name"))),
        },
        ("allow", "refuse"),
        "refuse",
    ),
)


def input_fields(wanted: Input, types: Mapping[str, RecordType]) -> dict[str, FieldType]:
    """The fields of one input: those of its record types (closed values united), then its own."""
    found: dict[str, FieldType] = {}
    for name in wanted.types:
        for column, kind in types[name].fields.items():
            known = found.get(column)
            if known is not None and known.type == kind.type and known.values != kind.values:
                united = () if not (known.values and kind.values) else (*known.values, *kind.values)
                values = tuple(dict.fromkeys(united))
                found[column] = FieldType(column, kind.type, kind.nullable, values)
            else:
                found[column] = kind
    found.update(wanted.own)
    return found
