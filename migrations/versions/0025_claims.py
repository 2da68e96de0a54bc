"""Every claim that an alert made, and what each is computed again from

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('alert_claim',
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('until', TIME, nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('signal', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('evidence', JSON, nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_claim_alert_id_alert'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_claim')),
    sa.UniqueConstraint('alert_id', 'number', name=op.f('uq_alert_claim_alert_id_number')),
    )
    op.create_table('claim_basis',
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('after', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=True),
    sa.Column('live_since', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('fraction', sa.Float(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('open_counts', JSON, nullable=False),
    sa.Column('seen', sa.LargeBinary(), nullable=False),
    sa.Column('settings', JSON, nullable=True),
    sa.Column('near_after', sa.BigInteger(), nullable=True),
    sa.Column('near', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_claim_basis_alert_id_alert'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('alert_id', 'number', name=op.f('pk_claim_basis')),
    )
