"""Holidays of the audience, and days of one's own on which it lives differently

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column('brand', sa.Column('holidays', JSON, server_default='[]', nullable=False))
    op.add_column('detector_setting', sa.Column('holidays', JSON, nullable=True))
    op.add_column('campaign', sa.Column('kind', sa.String(), server_default='campaign', nullable=False))
    op.create_check_constraint(op.f('ck_campaign_kind'), 'campaign', "kind IN ('campaign', 'holiday')")
