"""How Alembic reaches the database: an open connection given by `migrations.run`."""

from alembic import context

from migrations.run import of_models
from migrations.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    include_object=of_models,
    transaction_per_migration=True,  # so that none holds its locks while the next one works
)
with context.begin_transaction():
    context.run_migrations()
