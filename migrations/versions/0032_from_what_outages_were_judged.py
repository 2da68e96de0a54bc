"""From what an outage of a source was judged

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('source_outage', sa.Column('judged', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
