"""Who claimed a page, and defaults for what an older process does not know

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

DEFAULTS = (
    ('minute_count', 'copies', '0'),
    ('source', 'settings', '{}'),
    ('source', 'allowed_addresses', '[]'),
    ('source', 'keep', 'all'),
    ('source_health', 'unmatched', '0'),
    ('monitor', 'type', 'brand'),
    ('monitor', 'pages', 'true'),
    ('alert', 'pages', 'true'),
    ('schedule', 'version', '0'),
    ('schedule', 'sequence', '0'),
    ('schedule_override', 'kind', 'instead'),
    ('schedule_override', 'note', ''),
    ('schedule_override', 'made_at', sa.func.now()),
    ('page', 'provider_id', ''),
    ('page', 'receipt', ''),
    ('incident', 'confidential', 'false'),
)


def upgrade() -> None:
    op.add_column('page', sa.Column('claimed_by', sa.BigInteger(), nullable=True))
    _defaults_of_columns_that_came_later()


def _defaults_of_columns_that_came_later() -> None:
    """The migrations that added them took the defaults away, and processes from before them could not write."""
    for table, column, default in DEFAULTS:
        op.alter_column(table, column, server_default=default)


def downgrade() -> None:
    for table, column, _ in DEFAULTS:
        op.alter_column(table, column, server_default=None)
    op.drop_column('page', 'claimed_by')
