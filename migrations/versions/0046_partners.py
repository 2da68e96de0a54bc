"""Partners: agreements of persons, brands they may work on, partnerships that end, letters before an agreement does

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('organisation', sa.Column('nda_remind_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('organisation', sa.Column('each_signs', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('organisation', sa.Column('brand_ids', postgresql.JSONB(), nullable=True))
    op.add_column('organisation', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('organisation', sa.Column('version', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('organisation', sa.Column('by_hand', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('member', sa.Column('nda_signed_on', sa.Date(), nullable=True))
    op.add_column('member', sa.Column('nda_expires_on', sa.Date(), nullable=True))
    op.add_column('member', sa.Column('nda_document_sha256', sa.String(), nullable=True))
    op.add_column('member', sa.Column('nda_remind_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_organisation_nda_remind_at'), 'organisation', ['nda_remind_at'], unique=False)
    op.create_index(op.f('ix_member_nda_remind_at'), 'member', ['nda_remind_at'], unique=False)
    op.execute(
        "UPDATE organisation SET nda_remind_at = (nda_expires_on - 14)::timestamp AT TIME ZONE 'UTC'"
        " WHERE kind = 'partner' AND nda_expires_on >= current_date"
    )
