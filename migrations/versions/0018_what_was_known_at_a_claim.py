"""What was known and set when an alert claimed what it claims

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('alert_basis', sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('alert_basis', sa.Column('near_after', sa.BigInteger(), nullable=True))
    op.add_column('alert_basis', sa.Column('near', sa.LargeBinary(), nullable=True))
