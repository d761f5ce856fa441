"""What the host remembers about connections, integrations, runs and pairs."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, text

from tallystick.records.base import column, instant


class ConnectionRow(SQLModel, table=True):
    """One system, one portal or organization, one credential."""

    __tablename__ = "connection"

    id: str = column("Our name of it.", key=True)
    system: str = column("Name of the connector.")
    container_id: str | None = column("Portal or organization id, once chosen.")
    name: str = column("Name of the portal or organization.", default="")
    settings: dict[str, Any] = column("Plain settings: hosts, ids, limits.", kind="object")
    credential_kind: str | None = column("oauth or authtoken.")
    credential: str | None = column("Encrypted credential, bound to this row.")
    created_at: datetime | None = instant("When it was made.")


class TokenRow(SQLModel, table=True):
    """An access token, encrypted, shared by all processes."""

    __tablename__ = "token"

    key: str = column("Connection and scope.", key=True)
    ciphertext: str = column("Encrypted token, bound to the key.")
    expires_at: datetime | None = instant("When it ends.")


class BucketRow(SQLModel, table=True):
    """Calls taken from one remote limit, shared by all workers."""

    __tablename__ = "bucket"

    name: str = column("System, portal or organization, and limit.", key=True)
    window_start: datetime | None = instant("Start of the window that is counted.")
    taken: int = column("Calls taken in the window.", default=0)
    blocked_until: datetime | None = instant("End of a lock-out.")


class IntegrationRow(SQLModel, table=True):
    """The one standing integration between a source and a target connection."""

    __tablename__ = "integration"

    name: str = column("Our name of it.", key=True)
    state: str = column("See model.connection.Status.", default="none")
    source_id: str = column("Connection that is read: where work is logged.")
    target_id: str = column("Connection that is written: where work is billed.")
    portal_id: str | None = column("Portal it belongs to for ever (R-200).")
    portal_name: str | None = column("Its name when last seen.")
    zone: str = column("Organization's IANA zone.", default="UTC")
    modules: list[Any] = column("Chosen modules.", kind="list")
    cutoff_mode: str = column("unanswered, date or all_unbilled.", default="unanswered")
    cutoff: date | None = column("First date that counts as unbilled.")
    general_timesheets: bool = column("General entries are brought over.", default=False)
    on_duplicate: str = column("ask, clone, overwrite or skip.", default="ask")
    consent_by: str | None = column("Who agreed to share the organization's name and e-mail.")
    consent_at: datetime | None = instant("When.")
    setup_at: datetime | None = instant("T0: when set-up was finished.")
    approved_at: datetime | None = instant("When the first plan was approved.")
    answers: dict[str, str] = column("Answers to duplicate contacts by contact id.", kind="object")
    edition: str = column("enhanced or legacy.", default="enhanced")
    disabled_at: datetime | None = instant("When it was switched off.")


class LinkRow(SQLModel, table=True):
    """One pair of the id map; undoing closes it."""

    __tablename__ = "link"
    __table_args__ = (
        Index(
            "link_open_source",
            "source_connection",
            "source_type",
            "source_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("link_target", "target_connection", "target_type", "target_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    integration: str = column("Integration.", index=True)
    source_connection: str = column("Source connection.")
    source_type: str = column("Source record type.")
    source_id: str = column("Source external id.")
    target_connection: str = column("Target connection.")
    target_type: str = column("Target record type.")
    target_id: str = column("Target external id.")
    reason: str = column("Why they are one.", default="")
    run_id: int | None = column("Run that paired them.")
    made_at: datetime | None = instant("When.")
    closed_at: datetime | None = instant("When the pairing was undone.")


class CursorRow(SQLModel, table=True):
    """Where reading of one type stands; commits together with the records it stands behind."""

    __tablename__ = "cursor"

    connection_id: str = column("Connection.", key=True)
    type: str = column("Record type.", key=True)
    run_id: int = column("Run that reads, or read last.", default=0)
    position: str | None = column("Connector's own position of the next page.")
    parent: str | None = column("Parent whose list is being read.")
    pages: int = column("Pages read in this run.", default=0)
    rows: int = column("Rows read in this run.", default=0)
    started_at: datetime | None = instant("When reading started.")
    finished_at: datetime | None = instant("When the last page was stored; None while reading.")
    watermark: datetime | None = instant("Changes up to here have been read (UTC).")


class SeenPageRow(SQLModel, table=True):
    """Rows that a page of a run held as they are stored; forgotten when the type is read."""

    __tablename__ = "seen_page"

    connection_id: str = column("Connection.", key=True)
    type: str = column("Record type.", key=True)
    run_id: int = column("Run that reads.", key=True)
    page: int = column("Page of that run.", key=True)
    ids: list[str] = column("External ids.", kind="list")


class RunRow(SQLModel, table=True):
    """One run; at most one is open per integration (R-030)."""

    __tablename__ = "run"
    __table_args__ = (
        Index(
            "run_open",
            "integration",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    integration: str = column("Integration.", index=True)
    kind: str = column("sync, plan, invoice or sweep.", default="sync")
    state: str = column("reading, planned, applying, ok, degraded, failed, interrupted.")
    trigger: str = column("person, schedule or retry.", default="person")
    executor: str = column("Fresh id of the process that works on it.", default="")
    full: bool = column("Reads everything, not only changes.", default=False)
    plan_digest: str | None = column("Plan made or applied.")
    message: str | None = column("How it ended, in words.")
    started_at: datetime | None = instant("Start.")
    finished_at: datetime | None = instant("End.")


class RunModuleRow(SQLModel, table=True):
    """What one run did in one module (R-037)."""

    __tablename__ = "run_module"

    run_id: int = column("Run.", key=True)
    module: str = column("Module.", key=True)
    state: str = column("waiting, reading, done, failed.", default="waiting")
    read: int = column("Records read.", default=0)
    written: int = column("Records written in the other system.", default=0)
    skipped: int = column("Records left out by rule.", default=0)
    held: int = column("Records that wait.", default=0)
    failed: int = column("Records in error.", default=0)
    message: str | None = column("Why it failed.")
    started_at: datetime | None = instant("Start.")
    finished_at: datetime | None = instant("End.")


class EventRow(SQLModel, table=True):
    """Something that happened, append only."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    integration: str | None = column("Integration.", index=True)
    at: datetime | None = instant("When.")
    kind: str = column("What, such as run.finished or claim.released.")
    run_id: int | None = column("Run.")
    detail: dict[str, Any] = column("Facts, without secrets.", kind="object")


class PlanRow(SQLModel, table=True):
    """A plan as the person saw it; its digest is its name."""

    __tablename__ = "plan"

    digest: str = column("Fingerprint that apply must name.", key=True)
    integration: str = column("Integration.", index=True)
    run_id: int | None = column("Run that made it.")
    kind: str = column("sync or invoice.", default="sync")
    made_at: datetime | None = instant("When.")
    header: dict[str, Any] = column("Counts, rule hash, data as of, estimate.", kind="object")
    approved_at: datetime | None = instant("When a person approved it.")
    approved_by: str | None = column("Who.")
    applied_at: datetime | None = instant("When applying ended.")
    draft: str | None = column("Name under which its operations were written and stay.")


class PlannedOperationRow(SQLModel, table=True):
    """One numbered operation of a plan, as JSON of `model.operation.Operation`."""

    __tablename__ = "planned_operation"
    plan_digest: str = column("Plan, by the name of its draft.", key=True, refers="plan.digest")
    seq: int = column("Number in the plan, from 1.", key=True)
    reference: str = column("Operation's reference.")
    module: str = column("Module.", default="")
    body: dict[str, Any] = column("The operation.", kind="object")
