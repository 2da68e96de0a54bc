"""Brands: versions, and which somebody added or renamed on a page

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('brand', sa.Column('version', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('brand', sa.Column('by_hand', sa.Boolean(), server_default='false', nullable=False))
