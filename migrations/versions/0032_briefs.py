"""What a campaign promises, where that is written, and whom to ask

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('brief', 'link', 'contact'):
        op.add_column('campaign', sa.Column(name, sa.String(), server_default='', nullable=False))
    op.add_column('campaign', sa.Column('contact_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_campaign_contact_id_member'), 'campaign', 'member', ['contact_id'], ['id'])
