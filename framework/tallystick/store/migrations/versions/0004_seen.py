"""What a run saw, page by page; the index of a large table waits for its list."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _planned_operation() -> None:
    """Without a unique reference: the outbox has one, and here it doubled the cost of a plan."""
    op.rename_table("planned_operation", "planned_operation_before")
    op.create_table(
        "planned_operation",
        sa.Column("plan_digest", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_digest"], ["plan.digest"]),
        sa.PrimaryKeyConstraint("plan_digest", "seq"),
    )
    op.execute("INSERT INTO planned_operation SELECT * FROM planned_operation_before")
    op.drop_table("planned_operation_before")


def upgrade() -> None:
    """Make the table, and what waits for it."""
    _planned_operation()
    op.create_table(
        "seen_page",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "type", "run_id", "page"),
    )
    led_by = sa.Column("led_by", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("decision", led_by)
    op.add_column("plan", sa.Column("draft", sa.String()))
    op.drop_index(op.f("ix_time_entry_invoice_id"), "time_entry")
    for name in ("invoice_id", "deleted_at"):
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"time_entry_{name}",
            "time_entry",
            ["connection_id", name],
            sqlite_where=there,
            postgresql_where=there,
        )
    # made again, over the connection too, before the first planning
    op.drop_index(op.f("ix_time_entry_project_id"), "time_entry")


def downgrade() -> None:
    """Refuse: a store is never taken back."""
    msg = "restore a backup instead"
    raise NotImplementedError(msg)
