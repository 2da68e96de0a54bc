"""What letters speak of: looked at again when they go out

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('letter', sa.Column('about', postgresql.JSONB(), server_default='{}', nullable=False))
