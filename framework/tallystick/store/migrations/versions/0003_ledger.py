"""Decisions, claims, operations, errors."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("code", sa.String()),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("fix", sa.String()),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("nearest", sa.String()),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("pack_hash", sa.String(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("decision_record", "decision", ["connection_id", "type", "external_id", "id"])
    op.create_index(op.f("ix_decision_decision"), "decision", ["decision"])


def _billing_state() -> None:
    op.create_table(
        "billing_state",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String()),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("former_state", sa.String()),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("judged_mode", sa.String()),
        sa.Column("judged_cutoff", sa.Date()),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("connection_id", "external_id"),
    )
    op.create_index(
        "billing_state_project", "billing_state", ["connection_id", "project_id", "state"]
    )


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("container_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("operation", sa.String()),
        sa.Column("invoice_system", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String()),
        sa.Column("invoice_number", sa.String()),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rate", sa.String()),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["operation"], ["operation.reference"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system", "container_id", "kind", "source_id", name="claim_once"),
    )
    op.create_index(op.f("ix_claim_invoice_id"), "claim", ["invoice_id"])
    op.create_index(op.f("ix_claim_operation"), "claim", ["operation"])


def _claim_history() -> None:
    op.create_table(
        "claim_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("container_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("operation", sa.String()),
        sa.Column("invoice_system", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String()),
        sa.Column("invoice_number", sa.String()),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_claim_history_operation"), "claim_history", ["operation"])
    op.create_index(
        "claim_history_key", "claim_history", ["system", "container_id", "kind", "source_id"]
    )


def _operation() -> None:
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("plan_digest", sa.String()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source_connection", sa.String()),
        sa.Column("source_type", sa.String()),
        sa.Column("source_id", sa.String()),
        sa.Column("target_id", sa.String()),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_epoch", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("open_attempts", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.String()),
        sa.Column("remote_number", sa.String()),
        sa.Column("code", sa.String()),
        sa.Column("message", sa.String()),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference", name="operation_reference"),
    )
    op.create_index(op.f("ix_operation_plan_digest"), "operation", ["plan_digest"])
    op.create_index(op.f("ix_operation_remote_id"), "operation", ["remote_id"])
    op.create_index("operation_source", "operation", ["source_connection", "type", "source_id"])
    op.create_index("operation_status", "operation", ["status", "connection_id"])


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String()),
        sa.Column("detail", sa.String()),
        sa.ForeignKeyConstraint(["reference"], ["operation.reference"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference", "n", name="attempt_once"),
    )


def _record_error() -> None:
    op.create_table(
        "record_error",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fix", sa.String()),
        sa.Column("cause_type", sa.String()),
        sa.Column("cause_id", sa.String()),
        sa.Column("root_id", sa.Integer()),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("opened_run", sa.Integer()),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_record_error_code"), "record_error", ["code"])
    op.create_index(op.f("ix_record_error_module"), "record_error", ["module"])
    op.create_index(op.f("ix_record_error_root_id"), "record_error", ["root_id"])
    op.create_index(
        "record_error_open",
        "record_error",
        ["integration", "connection_id", "type", "external_id", "code"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def upgrade() -> None:
    """Make the tables."""
    _decision()
    _billing_state()
    _operation()
    _claim()
    _claim_history()
    _attempt()
    _record_error()


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    msg = "restore a backup instead"
    raise NotImplementedError(msg)
