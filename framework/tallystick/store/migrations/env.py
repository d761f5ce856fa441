"""Alembic's environment: runs on the connection the store hands over."""

from alembic import context

from tallystick.store.database import tables

VERSION_TABLE = "tallystick_version"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables(),
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
