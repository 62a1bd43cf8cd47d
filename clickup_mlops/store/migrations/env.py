"""Alembic's entry: runs revisions on the connection that `upgrade` hands over."""

from alembic import context

from clickup_mlops.store.database import schema

context.configure(
    connection=context.config.attributes["connection"],
    # The package imports every module that holds a table, so the whole schema is known.
    target_metadata=schema.metadata,
    render_as_batch=True,
)
context.run_migrations()
