"""What invariants of the whole system speak of: one set of fields for each kind of thing."""

from collections.abc import Mapping

from tallystick.decide.terms import Types
from tallystick.model.catalogue import FieldType

Fields = Mapping[str, FieldType]


def _fields(*fields: tuple[str, str, str]) -> dict[str, FieldType]:
    return {
        name: FieldType(name, type_, nullable=type_ == "text", description=words)
        for name, type_, words in fields
    }


_ENTRY = _fields(
    ("id", "text", "The log's id where the work was logged."),
    ("state", "text", "Its billing state; null is not judged yet."),
    ("minutes", "integer", "Minutes logged."),
    ("copies", "integer", "Time entries of the accounts that stand for it."),
    ("flagged", "boolean", "The ledger reports it as billed twice."),
    ("reasons", "integer", "Codes that say why it is held."),
)
_LINES = _fields(
    ("invoice", "text", "Id of an invoice in force that bills it."),
    ("made", "text", "Who made that invoice: ours, or a person."),
    ("revived", "boolean", "A person turned it from void to draft again."),
)
_CLAIMS = _fields(
    ("state", "text", "Where the claim stands."),
    ("invoice", "text", "Number or id of the invoice that holds it."),
)
_PROJECT = _fields(
    ("id", "text", "The project's id where the work was logged."),
    ("logged_minutes", "integer", "Minutes of its time entries, as read."),
    ("state_minutes", "integer", "Minutes over the eight billing states."),
    ("worked_minutes", "integer", "Minutes that people logged, and those read of deleted logs."),
)
_ERROR = _fields(
    ("code", "text", "Its code."),
    ("kind", "text", "root, held or cascade."),
    ("record", "text", "Type and id of the record."),
)
_ROOTS = _fields(("code", "text", "Code of the root it leads to."))
_STEP = _fields(
    ("name", "text", "What was done."),
    ("link", "text", "State of the integration before it."),
    ("writes", "integer", "Requests to either side that were no reads."),
    ("writes_off", "integer", "Those while the integration was neither syncing nor active."),
    ("quiet_runs", "integer", "Syncs right before it without any change, fault or crash."),
)

_PAIR = _fields(
    ("kind", "text", "contact, project, task or user."),
    ("source", "text", "Its id where the work was logged."),
    ("target", "text", "The id in the accounts that it is paired with; null is none any more."),
    ("first", "text", "The id that it was paired with at first."),
)

OBSERVED: Mapping[str, Types] = {
    "time_entry": Types({"time_entry": _ENTRY}, {"lines_in_force": _LINES, "claims": _CLAIMS}),
    "project": Types({"project": _PROJECT}, {}),
    "pair": Types({"pair": _PAIR}, {}),
    "error": Types({"error": _ERROR}, {"roots": _ROOTS}),
    "step": Types({"step": _STEP}, {}),
}
"""Inputs and lists by what `for_each` names; `step` belongs to `scope: history`."""

SCOPE_OF: Mapping[str, str] = {
    "time_entry": "store",
    "project": "store",
    "pair": "store",
    "error": "store",
    "step": "history",
}
