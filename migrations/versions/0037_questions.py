"""Questions: what is asked on a step, and answered

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('step_question',
    sa.Column('step_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_by', sa.BigInteger(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint('num_nulls(answer, answered_by, answered_at) IN (0, 3)',
        name=op.f('ck_step_question_answered_as_a_whole')),
    sa.ForeignKeyConstraint(['answered_by'], ['member.id'], name=op.f('fk_step_question_answered_by_member')),
    sa.ForeignKeyConstraint(['asked_by'], ['member.id'], name=op.f('fk_step_question_asked_by_member')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
        name=op.f('fk_step_question_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['step_id'], ['run_step.id'], name=op.f('fk_step_question_step_id_run_step')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step_question')),
    )
    op.create_index(op.f('ix_step_question_step_id'), 'step_question', ['step_id'], unique=False)
