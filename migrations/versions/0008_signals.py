"""Signals: who was heard within the hour, who weighs for a brand, and what is counted of both

Revision ID: 0008
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None

FIGURES = ('voices', 'independent', 'independent_negative', 'independent_positive', 'reach', 'notable')


def upgrade() -> None:
    _tables_of_signals()
    _columns_of_signals()


def _tables_of_signals() -> None:
    op.create_table('voice_hour',
    sa.Column('hour', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('account', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('heard', sa.SmallInteger(), nullable=False),
    sa.Column('before', sa.SmallInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('hour', 'account', name=op.f('pk_voice_hour')),
    )
    op.create_table('notable',
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('names', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('followers', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_notable_brand_id_brand')),
    sa.PrimaryKeyConstraint('brand_id', name=op.f('pk_notable')),
    )


def _columns_of_signals() -> None:
    """Defaults in the database stay: a process of the version before still writes these rows.

    No row is rewritten here: the figures of the past, and the index, come with 0013.
    """
    op.add_column('mention', sa.Column('firsts', sa.SmallInteger(), server_default='31', nullable=False))
    for name in FIGURES:
        op.add_column('minute_count', sa.Column(name, sa.BigInteger(), server_default='0', nullable=False))
