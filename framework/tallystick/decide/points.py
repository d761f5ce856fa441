"""The decision points of the host: which question, which inputs, which outcomes, which is safe."""

from collections.abc import Mapping
from dataclasses import replace

from tallystick.model.catalogue import FieldType, Input, RecordType
from tallystick.model.decision import DecisionPoint

__all__ = ["FETCHED", "POINTS", "Input", "input_fields"]


def _text(
    name: str, description: str, values: tuple[str, ...] = (), *, fixed: bool = False
) -> FieldType:
    return FieldType(name, "text", description=description, values=values, fixed=fixed)


def _flag(name: str, description: str, *, fixed: bool = False) -> FieldType:
    return FieldType(name, "boolean", description=description, fixed=fixed)


def _fields(*fields: FieldType) -> dict[str, FieldType]:
    return {f.name: f for f in fields}


FETCHED = ("project", "task", "bug", "time_entry", "user")
_TYPES = (*FETCHED, "contact")
_STATES = ("held", "non_billable", "opening_invoiced", "unbilled", "claimed", "in_doubt")
_RECORD = _fields(
    _text("type", "Canonical type.", _TYPES, fixed=True),
    _text(
        "module",
        "Module a person chose that the record depends on.",
        ("projects", "timesheets"),
        fixed=True,
    ),
    _text("project", "Name of the project, for sentences."),
    _text("primary_client", "For a project: its primary client."),
    _text("customer_currency", "For a project: currency of the customer it is billed to."),
    _flag("general", "For a time entry: logged on no task and no bug."),
    _flag(
        "lookalike",
        "For a time entry: equals one that was invoiced or deleted (R-119).",
        fixed=True,
    ),
    _text("email_state", "For a user: is the address usable.", ("ok", "missing", "shared")),
)
_ID = _fields(_text("id", "The record's own id in its system.", fixed=True))
_CONTACT = ("name", "email", "phone", "currency", "status", "contact_type", "company_name")
_PARENT = _fields(
    _text("id", "The parent's own id in its system.", fixed=True),
    _text("type", "Canonical type of the parent.", _TYPES, fixed=True),
    _text("name", "Name of the parent, for sentences."),
    _text("state", "How the parent fared in this run.", ("ok", "error", "skipped")),
    _text("code", "Why the parent failed or was left out."),
)
_CLAIM = _fields(
    _text("kind", "What is claimed.", ("time_entry", "task", "expense", "fixed_part"), fixed=True),
    _text(
        "status",
        "Where the claim stands; a word not known yet can come.",
        ("claimed", "in_doubt", "invoiced", "released"),
        fixed=True,
    ),
    _text("invoice", "Number or id of the invoice that holds it.", fixed=True),
    _text("system", "Connector of the system that invoice is in.", fixed=True),
)
_LINE = _fields(
    _text("kind", "What the line would bill.", ("time_entry", "task", "expense"), fixed=True),
    _text("ref", "Type and id of what it would bill, for sentences.", fixed=True),
)
_ENTRY = _fields(
    _text("state", "Its former billing state.", (*_STATES, "invoiced", "tombstone"), fixed=True),
    _flag("late", "First seen after the first sync.", fixed=True),
    _flag("reopened", "A person re-opened it by name.", fixed=True),
)
_EXPENSE = _fields(
    _flag("same_project", "It was made for the project that is billed."),
    _flag("same_customer", "It is charged to the customer that is billed."),
    _flag("same_currency", "It is in the currency of the bill."),
)
_REQUEST = _fields(
    _text("user", "Who asks, for sentences."),
    _text("role", "Role of the person who asks.", ("admin", "staff")),
    _flag("owns_portal", "The person owns the portal."),
    _text("portal", "Id of the portal that is asked for."),
    _text("portal_name", "Its name, for sentences."),
)
_PREVIOUS = _fields(
    _text("portal", "Id of the portal it was connected to; null is none.", fixed=True),
    _text("portal_name", "Its name when last seen.", fixed=True),
)
_MOVING = _fields(
    _text("number", "Number people know the transaction by."),
    _text("customer", "Contact it is made out to."),
)
_MOVING_PROJECT = _fields(
    _text("name", "Name of the project, for sentences."),
    _text("primary_client", "Contact that pays for the project; null is none."),
)
POINTS: tuple[DecisionPoint, ...] = (
    DecisionPoint(
        "contact.match",
        "Which customer an incoming client already is",
        {
            "incoming": Input(("contact",), _ID, only=_CONTACT),
            "candidates": Input(("contact",), _ID, many=True, only=_CONTACT),
        },
        ("link", "create", "review"),
        "review",
        otherwise_free=True,
        about="=contact",
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
        about="record.type",
    ),
    DecisionPoint(
        "time_entry.status",
        "Whether work counts as invoiced already",
        {
            "time_entry": Input(("time_entry",), _ENTRY),
        },
        ("unbilled", "invoiced", "hold"),
        "hold",
        about="=time_entry",
    ),
    DecisionPoint(
        "record.push",
        "Whether a record's parents are there",
        {
            "record": Input((*FETCHED, "contact"), _RECORD),
            "parents": Input(own=_PARENT, many=True),
        },
        ("push", "hold"),
        "hold",
        about="record.type",
    ),
    DecisionPoint(
        "invoice_line.add",
        "Whether work may go on an invoice",
        {
            "line": Input(own=_LINE),
            "task": Input(("task",), only=("name", "completed")),
            "time_entry": Input(("time_entry",)),
            "expense": Input(("expense",), _EXPENSE),
            "claims": Input(own=_CLAIM, many=True),
        },
        ("allow", "apart", "refuse"),
        "refuse",
        about="line.kind",
        meanings={
            "allow": "billed, on the line that the chosen grouping gives it",
            "apart": "billed, on a line of its own with all time that the same rule sets apart at"
            " one price, whatever grouping is chosen; an expense is a line of its own anyway",
            "refuse": "left out of the bill, with the rule's reason",
        },
    ),
    DecisionPoint(
        "integration.migrate",
        "Which transactions move to the new edition",
        {
            "transaction": Input(own=_MOVING),
            "project": Input(own=_MOVING_PROJECT),
        },
        ("migrate", "leave"),
        "leave",
        about="=transaction",
    ),
    DecisionPoint(
        "integration.enable",
        "Whether an integration may be switched on",
        {"request": Input(own=_REQUEST), "previous": Input(own=_PREVIOUS)},
        ("allow", "refuse"),
        "refuse",
    ),
)


def input_fields(wanted: Input, types: Mapping[str, RecordType]) -> dict[str, FieldType]:
    """The fields of one input: those of its record types (closed values united), what plugins
    derive from these, then its own.
    """
    found: dict[str, FieldType] = {}
    for name in wanted.types:
        for column, kind in types[name].fields.items():
            if wanted.only and column not in wanted.only:
                continue
            known = found.get(column)
            if known is not None and known.type == kind.type and known.values != kind.values:
                united = () if not (known.values and kind.values) else (*known.values, *kind.values)
                found[column] = replace(kind, values=tuple(dict.fromkeys(united)))
            else:
                found[column] = kind
    for name in wanted.types:
        found.update({n: p.field for n, p in types[name].derived.items()})
    found.update(wanted.own)
    return found
