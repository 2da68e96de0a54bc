"""Late mentions: how late each source usually is, and what was added to minutes of the past

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('source_lag',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('hour', sa.BigInteger(), nullable=False),
    sa.Column('lags', postgresql.ARRAY(sa.Double()), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_lag_source_id_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_lag')),
    )
    # until it is learned, what was noted last is the best guess: as if it had been so for six hours
    op.execute("""INSERT INTO source_lag
        SELECT source_id, 0, array_fill(greatest(published_lag_seconds, 0), ARRAY[6]) FROM source_health
        WHERE published_lag_seconds IS NOT NULL""")
    op.create_table('late_count',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('volume', sa.BigInteger(), nullable=False),
    sa.Column('harm', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_late_count_monitor_id_monitor'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_count')),
    )
