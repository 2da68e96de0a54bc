"""Absences: which sources brought something of the time for which they were away

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('source_left', sa.Column('aside', sa.BigInteger(), nullable=True))
    op.create_index('ix_source_left_aside', 'source_left', ['aside'], unique=False,
        postgresql_where=sa.text('aside IS NOT NULL'))
