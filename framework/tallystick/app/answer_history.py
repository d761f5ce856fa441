"""What people answered about a record, by whom and when."""

from tallystick.app.workspace import Workspace
from tallystick.model.record import RecordKey

_CONTACT, _ENTRY = "contact.decided", "time_entry.decided"


def last_answer(ws: Workspace, key: RecordKey) -> str | None:
    """The last answer about a record of the source, in words; None where nobody answered."""
    for name, wanted in ws.config.integrations.items():
        if wanted.source != key.connection_id:
            continue
        for event in ws.store.events.of_kinds(name, (_CONTACT, _ENTRY)):
            facts = event["detail"]
            about = facts.get("contact") or f"time_entry:{facts.get('entry')}"
            if about == str(key):
                pair = f", with {facts['target']}" if facts.get("target") else ""
                by = f", by {facts['user']}" if facts.get("user") else ""
                return f"{facts['answer']}{pair}{by}, {event['at']:%Y-%m-%d %H:%M} UTC"
    return None
