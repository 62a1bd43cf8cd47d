"""Alembic's entry: runs revisions on the connection that `upgrade` hands over."""

from alembic import context

from clickup_mlops.store.budget import budget

context.configure(
    connection=context.config.attributes["connection"],
    # By way of this table, so that its module is imported and the whole schema known.
    target_metadata=budget.metadata,
    render_as_batch=True,
)
context.run_migrations()
