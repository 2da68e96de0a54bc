"""What people set a monitor's detector to

Revision ID: 0007
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0007'
down_revision = '0008'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _settings()


def _settings() -> None:
    op.create_table('detector_setting',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('preset', sa.String(), nullable=False),
    sa.Column('edited', JSON, nullable=False),
    sa.Column('persist_minutes', sa.BigInteger(), nullable=False),
    sa.Column('alarms_a_week', sa.Float(), nullable=True),
    sa.Column('needed', sa.Float(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("preset IN ('fewer', 'balanced', 'more')", name=op.f('ck_detector_setting_preset')),
    sa.CheckConstraint('persist_minutes >= 0', name=op.f('ck_detector_setting_persist_minutes')),
    sa.CheckConstraint('alarms_a_week > 0', name=op.f('ck_detector_setting_alarms_a_week')),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_detector_setting_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('monitor_id', name=op.f('pk_detector_setting')),
    )
