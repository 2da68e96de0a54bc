"""First received: since when each source has brought something, asked for or not

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('source_health', sa.Column('first_received_at', sa.DateTime(timezone=True), nullable=True))
    # it was not noted; who has brought something before this is none that begins now
    op.execute("UPDATE source_health SET first_received_at = last_received_at")
