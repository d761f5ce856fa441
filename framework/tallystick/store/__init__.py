"""The only SQL: records, id map, outbox, decisions, runs; SQLite or PostgreSQL by one URL."""

from tallystick.store.billing_states import Work
from tallystick.store.claims import LINE_REMOVED
from tallystick.store.cursors import CursorState
from tallystick.store.database import dumps
from tallystick.store.decisions import DecisionData, DecisionInput
from tallystick.store.error_rows import ErrorData, ErrorInput
from tallystick.store.links import LinkInput
from tallystick.store.outbox_rows import ClaimData, OutboxRow
from tallystick.store.plans import PlanData
from tallystick.store.runs import RunData
from tallystick.store.seen import Brake
from tallystick.store.settings import ConnectionData, IntegrationData
from tallystick.store.store import (
    Store,
    backup_store,
    begin_store,
    checkpoint_store,
    open_store,
    rekey_store,
    upgrade_store,
)

__all__ = [
    "LINE_REMOVED",
    "Brake",
    "ClaimData",
    "ConnectionData",
    "CursorState",
    "DecisionData",
    "DecisionInput",
    "ErrorData",
    "ErrorInput",
    "IntegrationData",
    "LinkInput",
    "OutboxRow",
    "PlanData",
    "RunData",
    "Store",
    "Work",
    "backup_store",
    "begin_store",
    "checkpoint_store",
    "dumps",
    "open_store",
    "rekey_store",
    "upgrade_store",
]
