"""Departments that are told when a source falls silent

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('department', sa.Column('watches_sources', sa.Boolean(), server_default='false', nullable=False))
