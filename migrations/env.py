"""How Alembic reaches the database: an open connection given by `migrations.run`."""

from alembic import context

from migrations.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
