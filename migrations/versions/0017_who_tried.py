"""Failed tries to sign in by where they came from, and the addresses that people use

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sign_in_failure', sa.Column('client_mac', sa.String(), server_default='', nullable=False))
    op.create_index('ix_sign_in_failure_client_mac_at', 'sign_in_failure', ['client_mac', 'at'], unique=False)
    op.create_table('known_client',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('client_mac', sa.String(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_known_client_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', 'client_mac', name=op.f('pk_known_client'))
    )
    op.create_index(op.f('ix_known_client_used_at'), 'known_client', ['used_at'], unique=False)
