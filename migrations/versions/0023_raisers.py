"""All who raised a case, with their notes

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('triage_raiser',
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['triage_case.id'], name=op.f('fk_triage_raiser_case_id_triage_case')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_triage_raiser_member_id_member')),
    sa.PrimaryKeyConstraint('case_id', 'member_id', name=op.f('pk_triage_raiser')),
    )
    op.create_index('ix_triage_raiser_member_id', 'triage_raiser', ['member_id'], unique=False)
    op.execute("""INSERT INTO triage_raiser (case_id, member_id, note, at)
        SELECT id, raised_by, raised_note, opened_at FROM triage_case WHERE raised_by IS NOT NULL""")
