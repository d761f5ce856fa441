"""Connections, runs, id map, plans."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _connection() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("container_id", sa.String()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("credential_kind", sa.String()),
        sa.Column("credential", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key"),
    )


def _bucket() -> None:
    op.create_table(
        "bucket",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True)),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name"),
    )


def _integration() -> None:
    op.create_table(
        "integration",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("portal_id", sa.String()),
        sa.Column("portal_name", sa.String()),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("cutoff_mode", sa.String(), nullable=False),
        sa.Column("cutoff", sa.Date()),
        sa.Column("general_timesheets", sa.Boolean(), nullable=False),
        sa.Column("on_duplicate", sa.String(), nullable=False),
        sa.Column("consent_by", sa.String()),
        sa.Column("consent_at", sa.DateTime(timezone=True)),
        sa.Column("setup_at", sa.DateTime(timezone=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name"),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("source_connection", sa.String(), nullable=False),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("target_connection", sa.String(), nullable=False),
        sa.Column("target_type", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_link_integration"), "link", ["integration"])
    op.create_index(
        "link_open_source",
        "link",
        ["source_connection", "source_type", "source_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("link_target", "link", ["target_connection", "target_type", "target_id"])


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String()),
        sa.Column("parent", sa.String()),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("watermark", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("connection_id", "type"),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("executor", sa.String(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("plan_digest", sa.String()),
        sa.Column("message", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_run_integration"), "run", ["integration"])
    op.create_index(
        "run_open",
        "run",
        ["integration"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def _run_module() -> None:
    op.create_table(
        "run_module",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("message", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("run_id", "module"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_event_integration"), "event", ["integration"])


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.String()),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(op.f("ix_plan_integration"), "plan", ["integration"])


def _planned_operation() -> None:
    op.create_table(
        "planned_operation",
        sa.Column("plan_digest", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_digest"], ["plan.digest"]),
        sa.PrimaryKeyConstraint("plan_digest", "seq"),
        sa.UniqueConstraint("plan_digest", "reference"),
    )


def upgrade() -> None:
    """Make the tables."""
    _connection()
    _token()
    _bucket()
    _integration()
    _link()
    _cursor()
    _run()
    _run_module()
    _event()
    _plan()
    _planned_operation()


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    msg = "restore a backup instead"
    raise NotImplementedError(msg)
