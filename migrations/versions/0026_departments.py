"""Departments and routing rules that are changed by hand

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _departments()
    _rules()


def _departments() -> None:
    op.add_column('department', sa.Column('version', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('department', sa.Column('by_hand', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('department', sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('department', sa.Column('successor_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_department_successor_id_department'), 'department', 'department', ['successor_id'], ['id'])


def _rules() -> None:
    op.add_column('routing_rule', sa.Column('monitor_id', sa.BigInteger(), nullable=True))
    op.add_column('routing_rule', sa.Column('hint', sa.String(), server_default='', nullable=False))
    op.add_column('routing_rule', sa.Column('owner_id', sa.BigInteger(), nullable=True))
    op.add_column('routing_rule', sa.Column('answer_minutes', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_routing_rule_monitor_id_monitor'), 'routing_rule', 'monitor', ['monitor_id'], ['id'])
    op.create_foreign_key(op.f('fk_routing_rule_owner_id_member'), 'routing_rule', 'member', ['owner_id'], ['id'])
    op.add_column('triage_case', sa.Column('rule_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_triage_case_rule_id_routing_rule'), 'triage_case', 'routing_rule', ['rule_id'], ['id'], ondelete='SET NULL')
