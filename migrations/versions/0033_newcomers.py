"""Newcomers: since when each source is heard, and what it brings on its first day beside others

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

FIGURES = (
    'volume', 'negative', 'positive', 'harm', 'copies', 'voices', 'independent', 'independent_negative',
    'independent_positive', 'reach', 'notable',
)  # fmt: skip
LATER = FIGURES[FIGURES.index('voices'):]
"""Those with a default in the database, as in `minute_count`."""


def upgrade() -> None:
    op.add_column('source_health', sa.Column('heard_since', sa.DateTime(timezone=True), nullable=True))
    # what has been heard of is no newcomer: what it brought so far was not counted apart
    op.execute("""UPDATE source_health SET heard_since = now() - interval '1 day'
        WHERE coalesce(last_ok_at, last_received_at) IS NOT NULL""")
    op.create_table('newcomer_count',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False, server_default='0' if name in LATER else None) for name in FIGURES),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_newcomer_count_monitor_id_monitor')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_newcomer_count_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', 'monitor_id', 'minute', name=op.f('pk_newcomer_count')),
    )
