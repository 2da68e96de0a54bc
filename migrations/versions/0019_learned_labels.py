"""Learned labels: people's decisions about labels, what was made of them, and which labels came of it

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('triage_decision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('text_key', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('lang', sa.String(), nullable=False),
    sa.Column('sentiment', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('author', sa.String(), nullable=True),
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_triage_decision_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_triage_decision')),
    sa.UniqueConstraint('text_key', name=op.f('uq_triage_decision_text_key')),
    )
    op.create_index('ix_triage_decision_mention_id', 'triage_decision', ['mention_id'], unique=False)
    op.create_index('ix_triage_decision_source_id_author', 'triage_decision', ['source_id', 'author'], unique=False)
    op.create_table('triage_model',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seen', sa.String(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('decisions', sa.BigInteger(), nullable=False),
    sa.Column('rules_right', sa.BigInteger(), nullable=False),
    sa.Column('learned_right', sa.BigInteger(), nullable=False),
    sa.Column('used', sa.Boolean(), nullable=False),
    sa.Column('sampled', sa.BigInteger(), nullable=False),
    sa.Column('changed', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.Uuid(), nullable=False),
    sa.Column('content', postgresql.JSONB(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_triage_model')),
    )
    op.add_column('mention', sa.Column('learned', sa.String(), nullable=True))
