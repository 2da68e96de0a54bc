"""Access tokens: programs come in with one

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_token',
        sa.Column('member_id', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('role', sa.String(), nullable=False),
        sa.Column('token_sha256', sa.String(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("role IN ('observer', 'responder', 'admin')",
            name=op.f('ck_access_token_role')),
        sa.CheckConstraint('made_at < expires_at', name=op.f('ck_access_token_order')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_access_token_member_id_member')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_token')),
        sa.UniqueConstraint('token_sha256', name=op.f('uq_access_token_token_sha256')),
    )
    op.create_index(op.f('ix_access_token_member_id'), 'access_token', ['member_id'], unique=False)
