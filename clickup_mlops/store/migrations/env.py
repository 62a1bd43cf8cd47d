"""Alembic's entry: runs revisions on the connection that `upgrade` hands over."""

from alembic import context

from clickup_mlops.store.tables import complete_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete_schema(),
    render_as_batch=True,
)
context.run_migrations()
