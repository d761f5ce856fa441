"""What planning knows of one time entry, and small readings of it."""

from typing import Any, NamedTuple

from tallystick.model.operation import Action, marker_of, record_reference
from tallystick.model.record import Row
from tallystick.plan.context import Context, EntryState


class Known(NamedTuple):
    """What the store knows of one source entry: its target, its claim, its former state."""

    target: Row | None = None
    """The linked target entry."""
    adopted: str | None = None
    """Id of an unlinked target entry that carries our marker."""
    linked_id: str | None = None
    target_gone: bool = False
    """The linked target entry was deleted by a person."""
    claim_state: str | None = None
    claim_invoice: str | None = None
    prior: EntryState | None = None
    lookalike: bool = False
    answer: str | None = None
    """What a person said of it: new, same, reopen, accept; "ask" once that was taken back."""
    reference: str = ""
    """Of the write that makes its target, where that was worked out already."""


def entry_title(row: Row) -> str:
    """An entry in a word: its day and its length."""
    minutes = int(row.get("minutes") or 0)
    return f"{row.get('work_date')} {minutes // 60} h {minutes % 60:02d} min"


def comparable(row: Row) -> dict[str, Any]:
    """A target entry without our marker in its notes, so that it compares with what we want."""
    notes = str(row.get("notes") or "")
    marker = row.get("marker")
    if marker:
        notes = notes.replace(f"[ts:{marker}]", "").rstrip()
    return {**row, "notes": notes}


def entry_reference(context: Context, external_id: str) -> str:
    """The reference under which the target entry of this source entry is made."""
    key = context.setting.source.source_key("time_entry", external_id)
    return record_reference(key, Action.CREATE)


def entry_marker(context: Context, external_id: str) -> str:
    """The marker that the target entry of this source entry carries."""
    return marker_of(entry_reference(context, external_id))
