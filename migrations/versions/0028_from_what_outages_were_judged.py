"""From what an outage of a source was judged

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('source_outage', sa.Column('judged', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
