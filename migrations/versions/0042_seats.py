"""Seats: people are added and changed by page, and set their password by a link

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('member', sa.Column('version', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('member', sa.Column('by_hand', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('member', sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE member SET signed_in_at = seen.at FROM ("
        "SELECT actor_id, max(at) AS at FROM event WHERE kind = 'member.signed_in' GROUP BY actor_id"
        ") AS seen WHERE seen.actor_id = member.id"
    )
    op.create_table('invitation',
        sa.Column('member_id', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(['made_by'], ['member.id'], name=op.f('fk_invitation_made_by_member')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_invitation_member_id_member')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    )
    op.create_index(op.f('ix_invitation_member_id'), 'invitation', ['member_id'], unique=False)
