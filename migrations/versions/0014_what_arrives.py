"""What arrives: new words and fast stories

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('arrival_seen',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('signal', sa.String(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_arrival_seen_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('monitor_id', name=op.f('pk_arrival_seen'))
    )
