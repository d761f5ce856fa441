"""Records of other systems."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _record(name: str, *columns: sa.Column[object]) -> None:
    """A table of records, with the columns every record has."""
    op.create_table(
        name,
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        *columns,
        sa.Column("modified_at", sa.DateTime(timezone=True)),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("first_seen_run", sa.Integer(), nullable=False),
        sa.Column("last_seen_run", sa.Integer(), nullable=False),
        sa.Column("absent_since_run", sa.Integer()),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "external_id"),
    )


def _marker_index(name: str) -> None:
    """Rows of ours by marker."""
    op.create_index(
        f"{name}_marker",
        name,
        ["connection_id", "marker"],
        sqlite_where=sa.text("marker <> ''"),
        postgresql_where=sa.text("marker <> ''"),
    )


def _organization() -> None:
    _record(
        "organization",
        sa.Column("name", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("zone", sa.String()),
        sa.Column("currency", sa.String()),
        sa.Column("plan", sa.String()),
        sa.Column("lock_date", sa.Date()),
    )


def _contact() -> None:
    _record(
        "contact",
        sa.Column("name", sa.String()),
        sa.Column("company_name", sa.String()),
        sa.Column("contact_type", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("phone", sa.String()),
        sa.Column("currency", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("website", sa.String()),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String()),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("marker", sa.String(), nullable=False),
    )
    _marker_index("contact")
    op.create_index(op.f("ix_contact_email_key"), "contact", ["email_key"])
    op.create_index(op.f("ix_contact_name_key"), "contact", ["name_key"])


def _contact_person() -> None:
    _record(
        "contact_person",
        sa.Column("contact_id", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("first_name", sa.String()),
        sa.Column("last_name", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("phone", sa.String()),
        sa.Column("primary", sa.Boolean()),
        sa.Column("email_key", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_contact_person_contact_id"), "contact_person", ["contact_id"])


def _user() -> None:
    _record(
        "user",
        sa.Column("name", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("role", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("email_key", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_user_email_key"), "user", ["email_key"])


def _project() -> None:
    _record(
        "project",
        sa.Column("name", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("client_id", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("billing_method", sa.String()),
        sa.Column("rate", sa.String()),
        sa.Column("currency", sa.String()),
        sa.Column("budget_minutes", sa.Integer()),
        sa.Column("budget_minor", sa.BigInteger()),
        sa.Column("owner_id", sa.String()),
        sa.Column("marker", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_project_client_id"), "project", ["client_id"])
    _marker_index("project")


def _task_list() -> None:
    _record(
        "task_list",
        sa.Column("project_id", sa.String()),
        sa.Column("name", sa.String()),
    )
    op.create_index(op.f("ix_task_list_project_id"), "task_list", ["project_id"])


def _task() -> None:
    _record(
        "task",
        sa.Column("project_id", sa.String()),
        sa.Column("task_list_id", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("completed", sa.Boolean()),
        sa.Column("status", sa.String()),
        sa.Column("billable", sa.Boolean()),
        sa.Column("rate", sa.String()),
        sa.Column("marker", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_task_project_id"), "task", ["project_id"])
    _marker_index("task")


def _bug() -> None:
    _record(
        "bug",
        sa.Column("project_id", sa.String()),
        sa.Column("key", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("completed", sa.Boolean()),
        sa.Column("status", sa.String()),
        sa.Column("rate", sa.String()),
    )
    op.create_index(op.f("ix_bug_project_id"), "bug", ["project_id"])


def _time_entry() -> None:
    _record(
        "time_entry",
        sa.Column("project_id", sa.String()),
        sa.Column("kind", sa.String()),
        sa.Column("task_id", sa.String()),
        sa.Column("bug_id", sa.String()),
        sa.Column("label", sa.String()),
        sa.Column("user_id", sa.String()),
        sa.Column("work_date", sa.Date()),
        sa.Column("minutes", sa.Integer()),
        sa.Column("billable", sa.Boolean()),
        sa.Column("approval", sa.String()),
        sa.Column("notes", sa.String()),
        sa.Column("billed_status", sa.String()),
        sa.Column("invoice_id", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("marker", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_time_entry_invoice_id"), "time_entry", ["invoice_id"])
    op.create_index(op.f("ix_time_entry_project_id"), "time_entry", ["project_id"])
    _marker_index("time_entry")


def _user_rate() -> None:
    _record(
        "user_rate",
        sa.Column("project_id", sa.String()),
        sa.Column("user_id", sa.String()),
        sa.Column("rate", sa.String()),
        sa.Column("currency", sa.String()),
    )
    op.create_index(op.f("ix_user_rate_project_id"), "user_rate", ["project_id"])


def _expense() -> None:
    _record(
        "expense",
        sa.Column("date", sa.Date()),
        sa.Column("description", sa.String()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String()),
        sa.Column("project_id", sa.String()),
        sa.Column("customer_id", sa.String()),
        sa.Column("billable", sa.Boolean()),
        sa.Column("status", sa.String()),
        sa.Column("invoice_id", sa.String()),
        sa.Column("origin", sa.String()),
        sa.Column("reference", sa.String()),
    )
    op.create_index(op.f("ix_expense_project_id"), "expense", ["project_id"])


def _transaction() -> None:
    _record(
        "transaction",
        sa.Column("kind", sa.String()),
        sa.Column("number", sa.String()),
        sa.Column("reference", sa.String()),
        sa.Column("customer_id", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("date", sa.Date()),
        sa.Column("due_date", sa.Date()),
        sa.Column("currency", sa.String()),
        sa.Column("total_minor", sa.BigInteger()),
        sa.Column("balance_minor", sa.BigInteger()),
        sa.Column("lines_known", sa.Boolean()),
    )
    op.create_index(op.f("ix_transaction_customer_id"), "transaction", ["customer_id"])
    op.create_index(op.f("ix_transaction_reference"), "transaction", ["reference"])


def _transaction_line() -> None:
    _record(
        "transaction_line",
        sa.Column("transaction_id", sa.String()),
        sa.Column("project_id", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("quantity", sa.String()),
        sa.Column("rate", sa.String()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String()),
        sa.Column("tax_id", sa.String()),
        sa.Column("time_entry_ids", sa.JSON(), nullable=False),
        sa.Column("expense_id", sa.String()),
    )
    op.create_index(
        op.f("ix_transaction_line_transaction_id"), "transaction_line", ["transaction_id"]
    )


def _currency() -> None:
    _record(
        "currency",
        sa.Column("code", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("base", sa.Boolean()),
        sa.Column("precision", sa.Integer()),
    )


def _tax() -> None:
    _record(
        "tax",
        sa.Column("name", sa.String()),
        sa.Column("percentage", sa.String()),
        sa.Column("compound", sa.Boolean()),
    )


def upgrade() -> None:
    """Make the tables."""
    _organization()
    _contact()
    _contact_person()
    _user()
    _project()
    _task_list()
    _task()
    _bug()
    _time_entry()
    _user_rate()
    _expense()
    _transaction()
    _transaction_line()
    _currency()
    _tax()


def downgrade() -> None:
    """Refuse: a ledger is never taken back."""
    msg = "restore a backup instead"
    raise NotImplementedError(msg)
