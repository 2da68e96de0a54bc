"""The engine: policies by severity, quiet acknowledgements, decisions, incoming alerts, the auditor

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _policies()
    _acknowledgements()
    _decisions()
    _incoming()
    _audit()


def _key(name: str) -> list:
    return [sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False), sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}'))]


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def _policies() -> None:
    """Defaults in the database stay: a process of the version before still writes these rows."""
    op.add_column('escalation_policy', sa.Column('quiet_minutes', sa.BigInteger(), nullable=True, server_default='30'))
    op.add_column('escalation_policy', sa.Column('version', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('escalation', sa.Column('quiet_at', TIME, nullable=True))
    op.add_column('escalation', sa.Column('reminded_at', TIME, nullable=True))
    op.add_column('escalation', sa.Column('failures', sa.BigInteger(), nullable=False, server_default='0'))
    op.drop_constraint(op.f('ck_escalation_state'), 'escalation', type_='check')
    op.create_check_constraint(op.f('ck_escalation_state'), 'escalation', "state IN ('running', 'acknowledged', 'reminding', 'exhausted', 'stopped')")
    op.create_index('ix_escalation_quiet_at', 'escalation', ['quiet_at'], unique=False, postgresql_where=sa.text('quiet_at IS NOT NULL'))
    op.create_index('ix_alert_brand_id_unended', 'alert', ['brand_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))


def _acknowledgements() -> None:
    op.create_table('personal_acknowledgement',
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    _reference('personal_acknowledgement', 'alert_id', 'alert'),
    _reference('personal_acknowledgement', 'member_id', 'member'),
    sa.PrimaryKeyConstraint('alert_id', 'member_id', name=op.f('pk_personal_acknowledgement')),
    )


def _decisions() -> None:
    op.create_table('paging_decision',
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('at', TIME, nullable=False),
    sa.Column('step', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('facts', JSON, nullable=False),
    *_key('paging_decision'),
    _reference('paging_decision', 'alert_id', 'alert'),
    _reference('paging_decision', 'member_id', 'member'),
    )
    op.create_index('ix_paging_decision_alert_id', 'paging_decision', ['alert_id', 'id'], unique=False)


def _incoming() -> None:
    op.create_table('alert_source',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('secret', sa.String(), nullable=True),
    sa.Column('path_token', sa.String(), nullable=True),
    sa.Column('field_map', JSON, nullable=False),
    sa.Column('severities', JSON, nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=True),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    *_key('alert_source'),
    sa.CheckConstraint("format IN ('own', 'alertmanager', 'generic')", name=op.f('ck_alert_source_format')),
    sa.UniqueConstraint('name', name=op.f('uq_alert_source_name')),
    _reference('alert_source', 'brand_id', 'brand'),
    )
    op.create_table('incoming_alert',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('labels', JSON, nullable=False),
    sa.Column('started_at', TIME, nullable=False),
    sa.Column('first_at', TIME, nullable=False),
    sa.Column('last_at', TIME, nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', TIME, nullable=True),
    sa.Column('alert_id', sa.BigInteger(), nullable=True),
    sa.Column('due_at', TIME, nullable=True),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    *_key('incoming_alert'),
    sa.CheckConstraint("severity IN ('inform', 'amber', 'red')", name=op.f('ck_incoming_alert_severity')),
    _reference('incoming_alert', 'source_id', 'alert_source'),
    _reference('incoming_alert', 'brand_id', 'brand'),
    _reference('incoming_alert', 'alert_id', 'alert'),
    )
    op.create_index(op.f('ix_incoming_alert_alert_id'), 'incoming_alert', ['alert_id'], unique=False)
    op.create_index('uq_incoming_alert_unended', 'incoming_alert', ['source_id', 'key'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_incoming_alert_due_at', 'incoming_alert', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'))


def _audit() -> None:
    op.create_table('audit',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('findings', JSON, nullable=False),
    sa.Column('clean_since', TIME, nullable=True),
    sa.Column('heartbeat_at', TIME, nullable=True),
    sa.Column('heartbeat_error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    )
    op.create_table('engine_part',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('since', TIME, nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_engine_part')),
    )
    op.create_table('pulse',
    sa.Column('part', sa.String(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('part', name=op.f('pk_pulse')),
    )
    op.create_table('setback',
    sa.Column('part', sa.String(), nullable=False),
    sa.Column('row_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('first_at', TIME, nullable=False),
    sa.Column('last_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('part', 'row_id', name=op.f('pk_setback')),
    )


def downgrade() -> None:
    for table in ('setback', 'pulse', 'engine_part', 'audit', 'incoming_alert', 'alert_source', 'paging_decision', 'personal_acknowledgement'):
        op.drop_table(table)
    op.execute("UPDATE escalation SET state = 'acknowledged' WHERE state = 'reminding'")
    op.drop_constraint(op.f('ck_escalation_state'), 'escalation', type_='check')
    op.create_check_constraint(op.f('ck_escalation_state'), 'escalation', "state IN ('running', 'acknowledged', 'exhausted', 'stopped')")
    op.drop_index('ix_alert_brand_id_unended', table_name='alert')
    op.drop_index('ix_escalation_quiet_at', table_name='escalation')
    for column in ('failures', 'reminded_at', 'quiet_at'):
        op.drop_column('escalation', column)
    for column in ('version', 'quiet_minutes'):
        op.drop_column('escalation_policy', column)
