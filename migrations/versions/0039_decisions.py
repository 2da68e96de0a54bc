"""Decisions: every approval and return of a statement with the text it was about

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

KEPT = """
    INSERT INTO response_decision
        (response_id, verdict, version, text, reason, organisation_id, decided_by, decided_at)
    SELECT response.id, split_part(told.kind, '.', 2), response.decided_version, response.decided_text,
        told.data->>'reason', (told.data->>'organisation_id')::bigint, told.actor_id, told.at
    FROM response, LATERAL (
        SELECT * FROM event
        WHERE event.incident_id = response.incident_id
            AND event.kind IN ('response.approved', 'response.returned')
            AND (event.data->>'response_id')::bigint = response.id
        ORDER BY event.seq DESC LIMIT 1) AS told
    WHERE response.decided_text IS NOT NULL"""


def upgrade() -> None:
    op.create_table('response_decision',
    sa.Column('response_id', sa.BigInteger(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('organisation_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("verdict IN ('approved', 'returned')", name=op.f('ck_response_decision_verdict')),
    sa.CheckConstraint("(verdict = 'returned') = (reason IS NOT NULL)", name=op.f('ck_response_decision_reason')),
    sa.ForeignKeyConstraint(['decided_by'], ['member.id'], name=op.f('fk_response_decision_decided_by_member')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
        name=op.f('fk_response_decision_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['response_id'], ['response.id'],
        name=op.f('fk_response_decision_response_id_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response_decision')),
    )
    op.create_index(op.f('ix_response_decision_response_id'), 'response_decision', ['response_id'], unique=False)
    op.execute(KEPT)
    op.drop_column('response', 'decided_version')
    op.drop_column('response', 'decided_text')
