"""What became of opportunities, and which departments take them

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('department', sa.Column('takes_opportunities', sa.Boolean(), server_default='false', nullable=False))
    op.create_index('ix_alert_opportunity', 'alert', ['opened_at'], unique=False, postgresql_where=sa.text("signal = 'positive'"))
    op.create_table('opportunity',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', TIME, nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_at', TIME, nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('closed_at', TIME, nullable=True),
    sa.CheckConstraint("decision IN ('', 'use', 'pass')", name=op.f('ck_opportunity_decision')),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_opportunity_alert_id_alert')),
    sa.ForeignKeyConstraint(['owner_id'], ['member.id'], name=op.f('fk_opportunity_owner_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opportunity')),
    sa.UniqueConstraint('alert_id', name=op.f('uq_opportunity_alert_id'))
    )
    op.create_index('ix_opportunity_open', 'opportunity', ['id'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
