"""Tickers side by side: of how many a checkpoint is one

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('detector_state', sa.Column('shards', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('detector_past', sa.Column('shard', sa.BigInteger(), server_default='0', nullable=False))
    op.drop_constraint('pk_detector_past', 'detector_past', type_='primary')
    op.create_primary_key('pk_detector_past', 'detector_past', ['minute', 'shard'])
