"""Leaving: when a source was switched off, and how much of each monitor it carried

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('source_health', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('source_health', sa.Column('left_to', sa.BigInteger(), nullable=True))
    op.create_table('source_left',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('back', sa.BigInteger(), nullable=True),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('counted', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_source_left_monitor_id_monitor')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_left_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', 'monitor_id', 'minute', name=op.f('pk_source_left')),
    )
    op.create_index(op.f('ix_source_left_minute'), 'source_left', ['minute'], unique=False)
    op.create_index(op.f('ix_source_left_back'), 'source_left', ['back'], unique=False)
