"""Campaigns that a brand has announced, and whose days are meant

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _time_zone()
    _campaigns()


def _time_zone() -> None:
    """Where all schedules are of one zone, the brands are taken to be of it, too."""
    op.add_column('brand', sa.Column('time_zone', sa.String(), server_default='UTC', nullable=False))
    op.execute("""
        UPDATE brand SET time_zone = (SELECT min(time_zone) FROM schedule)
        WHERE (SELECT count(DISTINCT time_zone) FROM schedule) = 1""")


def _campaigns() -> None:
    op.create_table('campaign',
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('monitor_id', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('starts_at', TIME, nullable=False),
    sa.Column('ends_at', TIME, nullable=False),
    sa.Column('lift', sa.Float(), nullable=False),
    sa.Column('uid', sa.String(), nullable=True),
    sa.Column('occurrence', sa.String(), nullable=True),
    sa.Column('imported', JSON, nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_campaign_order')),
    sa.CheckConstraint('lift >= 1 AND lift <= 100', name=op.f('ck_campaign_lift')),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_campaign_brand_id_brand')),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_campaign_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    )
    op.create_index('ix_campaign_brand_id_starts_at', 'campaign', ['brand_id', 'starts_at'], unique=False)
    op.create_index('uq_campaign_imported', 'campaign', ['brand_id', 'uid', 'occurrence'], unique=True, postgresql_where=sa.text('uid IS NOT NULL'))
