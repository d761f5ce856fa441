"""Decisions, billing states, claims, operations, attempts and errors."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint, text

from tallystick.records.base import column, instant


class DecisionRow(SQLModel, table=True):
    """A decision whose outcome is new or changed, with what it saw."""

    __tablename__ = "decision"
    __table_args__ = (Index("decision_record", "connection_id", "type", "external_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    integration: str = column("Integration.")
    decision: str = column("Decision point.", index=True)
    connection_id: str = column("Connection of the record.")
    type: str = column("Type of the record.")
    external_id: str = column("Id of the record.")
    outcome: str = column("Outcome.")
    by: str = column("Deciding rule, otherwise or unknown.")
    code: str | None = column("Code, if it refuses or holds.")
    because: str = column("Sentence.", default="")
    fix: str | None = column("What to do.")
    place: str = column("File and line of the rule.", default="")
    nearest: str | None = column("Smallest change with another outcome.")
    evidence: list[Any] = column("Rows of path, value, test.", kind="list")
    subject: dict[str, Any] = column("What the decision saw, to replay it.", kind="object")
    pack_hash: str = column("Hash of the rule file.", default="")
    versions: dict[str, str] = column("Content hash of each record it saw.", kind="object")
    run_id: int | None = column("Run.")
    at: datetime | None = instant("When.")
    led_by: list[Any] = column(
        "Quiet decisions about the record just before, as [decision, outcome, by, code, pack "
        "hash]; what they saw is in the same subject.",
        kind="list",
    )


class BillingStateRow(SQLModel, table=True):
    """Where one source time entry stands (the eight states); one row for each entry."""

    __tablename__ = "billing_state"
    __table_args__ = (Index("billing_state_project", "connection_id", "project_id", "state"),)

    connection_id: str = column("Source connection.", key=True)
    external_id: str = column("Source time entry.", key=True)
    project_id: str | None = column("Source project.")
    minutes: int = column("Raw minutes as last read.", default=0)
    state: str = column("held, non_billable, opening_invoiced, unbilled, claimed, in_doubt, ...")
    former_state: str | None = column("State before it became a tombstone.")
    codes: list[Any] = column("Reason codes, root first.", kind="list")
    judged_mode: str | None = column("Cutoff mode it was first judged under (R-128).")
    judged_cutoff: date | None = column("Cutoff date it was first judged under (R-128).")
    content_hash: str = column("Version of the entry it was judged at.", default="")
    run_id: int | None = column("Run that set the state.")
    since: datetime | None = instant("Since when.")


class ClaimRow(SQLModel, table=True):
    """A durable, unique reservation: this source record belongs to this operation (R-169)."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("system", "container_id", "kind", "source_id", name="claim_once"),
    )

    id: int | None = Field(default=None, primary_key=True)
    system: str = column("System of the source record.")
    container_id: str = column("Its portal or organization.")
    kind: str = column("time_entry, expense or fixed_part.")
    source_id: str = column("Its external id.")
    operation: str | None = column(
        "Reference of our operation; None if found elsewhere.",
        index=True,
        refers="operation.reference",
    )
    invoice_system: str = column("System of the invoice.", default="")
    invoice_id: str | None = column("Invoice that holds it, once known.", index=True)
    invoice_number: str | None = column("Its number.")
    generation: int = column("Generation of the operation's reference.", default=0)
    minutes: int = column("Minutes claimed.", default=0)
    rate: str | None = column("Exact decimal rate frozen at planning (P-23).", kind="decimal")
    origin: str = column("planned, or found: an invoice made by hand (R-177).", default="planned")
    claimed_at: datetime | None = instant("When.")


class ClaimHistoryRow(SQLModel, table=True):
    """A claim that was released, with the reason; append only."""

    __tablename__ = "claim_history"
    __table_args__ = (Index("claim_history_key", "system", "container_id", "kind", "source_id"),)

    id: int | None = Field(default=None, primary_key=True)
    system: str = column("System of the source record.")
    container_id: str = column("Its portal or organization.")
    kind: str = column("time_entry, expense or fixed_part.")
    source_id: str = column("Its external id.")
    operation: str | None = column("Reference of the operation.", index=True)
    invoice_system: str = column("System of the invoice.", default="")
    invoice_id: str | None = column("Invoice.")
    invoice_number: str | None = column("Its number.")
    generation: int = column("Generation.", default=0)
    minutes: int = column("Minutes.", default=0)
    origin: str = column("planned or found.", default="planned")
    claimed_at: datetime | None = instant("When claimed.")
    released_at: datetime | None = instant("When released.")
    reason: str = column("Why.", default="")


class OperationRow(SQLModel, table=True):
    """One write in the outbox; the reference is unique for ever."""

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("reference", name="operation_reference"),
        Index("operation_status", "status", "connection_id"),
        Index("operation_source", "source_connection", "type", "source_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = column("TSY- and 20 characters.")
    integration: str = column("Integration.")
    plan_digest: str | None = column("Plan it came with.", index=True)
    run_id: int | None = column("Run that applied it.")
    module: str = column("Module.", default="")
    connection_id: str = column("Connection written to.")
    type: str = column("Record type written.")
    action: str = column("create, update, deactivate, void.")
    title: str = column("For people.", default="")
    source_connection: str | None = column("Connection of the source record.")
    source_type: str | None = column("Type of the source record.")
    source_id: str | None = column("Source record.")
    target_id: str | None = column("Record to change, for other actions than create.")
    payload: dict[str, Any] = column("What is sent, ids filled in.", kind="object")
    payload_hash: str = column("Hash of the planned payload.")
    mode: str = column("How an unknown outcome is handled; see model.operation.Mode.")
    generation: int = column("Generation of the reference.", default=0)
    status: str = column("See model.operation.OperationStatus.")
    lease_owner: str | None = column("Executor that works on it.")
    lease_epoch: int = column("Fence: goes up with each take-over.", default=0)
    lease_until: datetime | None = instant("When the lease ends.")
    attempts: int = column("Sends so far.", default=0)
    open_attempts: int = column("Sends without an answer.", default=0)
    remote_id: str | None = column("Id of what was made.", index=True)
    remote_number: str | None = column("Its number.")
    code: str | None = column("Why it is not done.")
    message: str | None = column("The same in words.")
    because: dict[str, Any] = column("Decision, rule, place.", kind="object")
    created_at: datetime | None = instant("When it was claimed.")
    sent_at: datetime | None = instant("Last SENDING mark.")
    updated_at: datetime | None = instant("Last change of status.")


class AttemptRow(SQLModel, table=True):
    """One send of one operation."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("reference", "n", name="attempt_once"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = column("Operation.", refers="operation.reference")
    n: int = column("Number of the send, from 1.")
    epoch: int = column("Lease epoch it was sent under.", default=0)
    started_at: datetime | None = instant("SENDING mark.")
    answered_at: datetime | None = instant("When it was classified.")
    outcome: str | None = column("success, refused, duplicate, unknown, nothing_sent, throttled.")
    detail: str | None = column("Answer in words, without secrets.")


class RecordErrorRow(SQLModel, table=True):
    """One record with a reason; a cascade row names its root (R-219)."""

    __tablename__ = "record_error"
    __table_args__ = (
        Index(
            "record_error_open",
            "integration",
            "connection_id",
            "type",
            "external_id",
            "code",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    integration: str = column("Integration.")
    module: str = column("Module.", index=True)
    connection_id: str = column("Connection of the record.")
    type: str = column("Type of the record.")
    external_id: str = column("Id of the record.")
    title: str = column("Record for people.", default="")
    code: str = column("Code of the troubleshooting list.", index=True)
    severity: str = column("B blocks what hangs on it, H holds, W warns, S stops.")
    kind: str = column("root, cascade or held.", default="root")
    reason: str = column("In words.", default="")
    fix: str | None = column("What to do.")
    cause_type: str | None = column("Type of the record it waits for.")
    cause_id: str | None = column("Record it waits for.")
    root_id: int | None = column("Row of its root.", index=True)
    minutes: int = column("Minutes kept back.", default=0)
    opened_run: int | None = column("Run that opened it.")
    opened_at: datetime | None = instant("Since when.")
    closed_at: datetime | None = instant("When it was settled.")
    retry_at: datetime | None = instant("When it is tried again by itself.")
