"""What accounts of Bluesky call themselves

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_handle',
    sa.Column('handle', sa.String(), nullable=False),
    sa.Column('did', sa.String(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('handle', 'did', name=op.f('pk_account_handle')),
    )
