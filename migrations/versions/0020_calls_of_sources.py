"""Since when a source is listened to, and the calls to it that were refused

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('source', sa.Column('enabled_at', TIME, nullable=True))
    op.execute('UPDATE source SET enabled_at = now() WHERE enabled')
    op.add_column('source_health', sa.Column('refused_at', TIME, nullable=True))
    op.add_column('source_health', sa.Column('refused_why', sa.String(), nullable=True))
