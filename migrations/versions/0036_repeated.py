"""Repeated: which mentions a source of old brought, too, after a newcomer

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('mention', sa.Column('repeated', sa.Boolean(), server_default='false', nullable=False))
