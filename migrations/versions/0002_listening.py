"""Listening

Revision ID: 0002
Revises: 0001
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _partitioned_mentions()
    _sources()
    _tables_of_raw_payloads()
    _tables_of_triage()
    _tables_of_digests()
    _tables_of_corrections()
    _tables_of_stories()
    _tables_of_running_sources()
    _tables_of_registering()
    _tables_of_monitors()


def _partitioned_mentions() -> None:
    """Mentions and matches move into tables that are partitioned by the week of arrival."""
    op.add_column('minute_count', sa.Column('copies', sa.BigInteger(), nullable=False, server_default='0'))
    op.alter_column('minute_count', 'copies', server_default=None)
    op.execute('ALTER TABLE mention_match RENAME TO old_match')
    op.execute('ALTER TABLE mention RENAME TO old_mention')
    for name in ('pk_mention', 'uq_mention_source_id', 'pk_mention_match'):
        op.execute(f'ALTER INDEX IF EXISTS {name} RENAME TO old_{name}')
    op.execute('DROP INDEX ix_mention_arrived_at')
    op.execute('DROP INDEX ix_mention_match_monitor_id_arrived_at')
    op.execute('ALTER SEQUENCE mention_id_seq RENAME TO old_mention_id_seq')
    op.execute('CREATE SEQUENCE mention_id_seq')
    op.create_table('mention',
    sa.Column('id', sa.BigInteger(), server_default=sa.text("nextval('mention_id_seq')"), nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('native_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=True),
    sa.Column('followers', sa.BigInteger(), nullable=True),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('lang', sa.String(), nullable=False),
    sa.Column('sentiment', sa.String(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False, server_default='0'),
    sa.Column('judged_by', sa.BigInteger(), nullable=True),
    sa.Column('triage', sa.String(), nullable=False, server_default=''),
    sa.Column('triaged_by', sa.BigInteger(), nullable=True),
    sa.Column('published_at', TIME, nullable=False),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False, server_default='post'),
    sa.Column('domain', sa.String(), nullable=True),
    sa.Column('thread', sa.String(), nullable=True),
    sa.Column('reply_to', sa.String(), nullable=True),
    sa.Column('reach', sa.BigInteger(), nullable=True),
    sa.Column('country', sa.String(), nullable=True),
    sa.Column('place', sa.String(), nullable=True),
    sa.Column('story_id', sa.BigInteger(), nullable=True),
    sa.Column('copy', sa.Boolean(), nullable=False, server_default='false'),
    sa.Column('revised_at', TIME, nullable=True),
    sa.Column('deleted_at', TIME, nullable=True),
    sa.PrimaryKeyConstraint('id', 'arrived_at', name=op.f('pk_mention')),
    postgresql_partition_by='RANGE (arrived_at)',
    )
    op.create_index('ix_mention_arrived_at', 'mention', ['arrived_at'], unique=False)
    op.create_index('ix_mention_story_id', 'mention', ['story_id'], unique=False)
    op.create_index('ix_mention_source_id_arrived_at', 'mention', ['source_id', 'arrived_at'], unique=False)
    op.create_table('mention_key',
    sa.Column('source_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.Column('taken_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('source_id', 'key', name=op.f('pk_mention_key')),
    )
    op.create_index('ix_mention_key_taken_at', 'mention_key', ['taken_at'], unique=False)
    op.create_table('mention_match',
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('mention_id', 'monitor_id', 'arrived_at', name=op.f('pk_mention_match')),
    postgresql_partition_by='RANGE (arrived_at)',
    )
    op.create_index('ix_mention_match_monitor_id_arrived_at', 'mention_match', ['monitor_id', 'arrived_at'], unique=False)
    op.execute('CREATE TABLE mention_other PARTITION OF mention DEFAULT')
    op.execute('CREATE TABLE mention_match_other PARTITION OF mention_match DEFAULT')
    weeks = "SELECT DISTINCT date_trunc('week', arrived_at AT TIME ZONE 'UTC')::date FROM old_mention ORDER BY 1"
    for (week,) in op.get_bind().execute(sa.text(weeks)).all():
        for table in ('mention', 'mention_match'):
            op.execute(f"CREATE TABLE {table}_w{week:%Y%m%d} PARTITION OF {table} FOR VALUES FROM ('{week} 00:00+00') "
                       f"TO ('{week + timedelta(7)} 00:00+00')")
    op.execute('''INSERT INTO mention (id, arrived_at, source_id, native_id, text, author, followers, url, lang,
                                       sentiment, score, published_at)
                  SELECT id, arrived_at, source_id, native_id, text, author, followers, url, lang, sentiment, score,
                         published_at FROM old_mention''')
    op.execute('''INSERT INTO mention_key (source_id, key, mention_id, arrived_at, taken_at)
                  SELECT source_id, CAST(encode(substring(sha256(convert_to(native_id, 'UTF8')) FOR 16), 'hex') AS uuid),
                         id, arrived_at, arrived_at FROM old_mention''')
    op.execute('INSERT INTO mention_match SELECT mention_id, monitor_id, arrived_at FROM old_match')
    op.execute("SELECT setval('mention_id_seq', coalesce((SELECT max(id) FROM mention), 0) + 1, false)")
    op.execute('DROP TABLE old_match')
    op.execute('DROP TABLE old_mention')


def _sources() -> None:
    """What people set for a source, what is seen of it, and how far it has been read."""
    op.add_column('source', sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='{}'))
    op.add_column('source', sa.Column('path_token', sa.String(), nullable=True))
    op.add_column('source', sa.Column('allowed_addresses', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='[]'))
    op.add_column('source', sa.Column('keep', sa.String(), nullable=False, server_default='all'))
    for column in ('settings', 'allowed_addresses', 'keep'):
        op.alter_column('source', column, server_default=None)
    op.add_column('source', sa.Column('retention_days', sa.BigInteger(), nullable=True))
    op.add_column('source', sa.Column('raw_days', sa.BigInteger(), nullable=True))
    op.add_column('source', sa.Column('expected_minutes', sa.BigInteger(), nullable=True))
    op.add_column('source_health', sa.Column('unmatched', sa.BigInteger(), nullable=False, server_default='0'))
    op.alter_column('source_health', 'unmatched', server_default=None)
    op.add_column('source_health', sa.Column('published_lag_seconds', sa.Float(), nullable=True))
    for column in ('last_tried_at', 'last_ok_at', 'failing_since', 'silent_since'):
        op.add_column('source_health', sa.Column(column, TIME, nullable=True))
    op.add_column('source_health', sa.Column('error', sa.String(), nullable=True))
    op.create_table('source_cursor',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('cursor', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('saved_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_cursor_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_cursor')),
    )


def _tables_of_stories() -> None:
    """Texts that were repeated."""
    op.create_table('story',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('first_at', TIME, nullable=False),
    sa.Column('fingerprint', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_story_fingerprint')),
    )


def _tables_of_corrections() -> None:
    """What people say of a mention's sentiment, kept by text."""
    op.create_table('correction',
    sa.Column('text_key', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('lang', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('author', sa.String(), nullable=True),
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("label IN ('negative', 'neutral', 'positive')", name=op.f('ck_correction_label')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_correction_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('text_key', name=op.f('uq_correction_text_key')),
    )
    op.create_index('ix_correction_mention_id', 'correction', ['mention_id'], unique=False)
    op.create_index('ix_correction_source_id_author', 'correction', ['source_id', 'author'], unique=False)


def _tables_of_triage() -> None:
    """Departments, what is routed to them, the cases they work on, and letters to people."""
    op.drop_constraint(op.f('ck_member_role'), 'member', type_='check')
    op.create_check_constraint(op.f('ck_member_role'), 'member',
                               "role IN ('admin', 'responder', 'executive', 'observer', 'partner')")
    op.create_index('ix_event_case', 'event', [sa.text("(data ->> 'case_id')")], unique=False)
    op.create_table('department',
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('answer_minutes', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('name', name=op.f('uq_department_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_department_slug')),
    )
    op.create_table('department_member',
    sa.Column('department_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('joined_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_department_member_department_id_department')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_department_member_member_id_member')),
    sa.PrimaryKeyConstraint('department_id', 'member_id', name=op.f('pk_department_member')),
    )
    op.create_table('routing_rule',
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=True),
    sa.Column('lang', sa.String(), nullable=False),
    sa.Column('terms', sa.String(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_routing_rule_brand_id_brand')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_routing_rule_department_id_department')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_rule')),
    sa.UniqueConstraint('position', name=op.f('uq_routing_rule_position')),
    )
    op.create_table('triage_case',
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('story_id', sa.BigInteger(), nullable=True),
    sa.Column('opened_at', TIME, nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.Column('late_told_at', TIME, nullable=True),
    sa.Column('mentions', sa.BigInteger(), nullable=False),
    sa.Column('reach', sa.BigInteger(), nullable=False),
    sa.Column('last_said_at', TIME, nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('claimed_at', TIME, nullable=True),
    sa.Column('claim_ends_at', TIME, nullable=True),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('reply', sa.String(), nullable=False),
    sa.Column('reply_url', sa.String(), nullable=True),
    sa.Column('answered_at', TIME, nullable=True),
    sa.Column('answered_by', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('closed_at', TIME, nullable=True),
    sa.Column('raised_by', sa.BigInteger(), nullable=True),
    sa.Column('raised_note', sa.String(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('new', 'claimed', 'answered', 'handed_over', 'closed')", name=op.f('ck_triage_case_state')),
    sa.ForeignKeyConstraint(['answered_by'], ['member.id'], name=op.f('fk_triage_case_answered_by_member')),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_triage_case_brand_id_brand')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_triage_case_department_id_department')),
    sa.ForeignKeyConstraint(['owner_id'], ['member.id'], name=op.f('fk_triage_case_owner_id_member')),
    sa.ForeignKeyConstraint(['raised_by'], ['member.id'], name=op.f('fk_triage_case_raised_by_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_triage_case')),
    )
    op.create_index('uq_triage_case_key', 'triage_case', ['brand_id', 'key'], unique=True, postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_triage_case_department_id', 'triage_case', ['department_id', 'state'], unique=False)
    op.create_index('ix_triage_case_due_at', 'triage_case', ['due_at'], unique=False, postgresql_where=sa.text('late_told_at IS NULL AND answered_at IS NULL'))
    op.create_index('ix_triage_case_raised_by', 'triage_case', ['raised_by'], unique=False, postgresql_where=sa.text('raised_by IS NOT NULL'))
    op.create_index('ix_triage_case_owner_id', 'triage_case', ['owner_id'], unique=False, postgresql_where=sa.text("state = 'claimed'"))
    op.create_table('triage_case_mention',
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('mention_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['triage_case.id'], name=op.f('fk_triage_case_mention_case_id_triage_case')),
    sa.PrimaryKeyConstraint('case_id', 'mention_id', name=op.f('pk_triage_case_mention')),
    )
    op.create_index('ix_triage_case_mention_mention_id', 'triage_case_mention', ['mention_id'], unique=False)
    op.create_table('triage_queue',
    sa.Column('mention_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('mention_id', name=op.f('pk_triage_queue')),
    )
    op.create_table('triage_notice',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('seen_at', TIME, nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['triage_case.id'], name=op.f('fk_triage_notice_case_id_triage_case')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_triage_notice_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_triage_notice')),
    )
    op.create_index('ix_triage_notice_member_id', 'triage_notice', ['member_id'], unique=False, postgresql_where=sa.text('seen_at IS NULL'))
    op.create_table('letter',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('paper', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('sent_at', TIME, nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('due', 'sending', 'sent', 'failed')", name=op.f('ck_letter_state')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_letter_department_id_department')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_letter_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('key', name=op.f('uq_letter_key')),
    )
    op.create_index('ix_letter_due_at', 'letter', ['due_at'], unique=False, postgresql_where=sa.text("state IN ('due', 'sending')"))


def _tables_of_raw_payloads() -> None:
    """Payloads as they were sent, for sources that ask for it."""
    op.create_table('raw_payload',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('received_at', TIME, nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_raw_payload_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raw_payload')),
    )
    op.create_index('ix_raw_payload_received_at', 'raw_payload', ['received_at'], unique=False)


def _tables_of_digests() -> None:
    """Who wants to be told what happened, and what they were told."""
    op.create_table('digest_subscription',
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('cadence', sa.String(), nullable=False),
    sa.Column('hour', sa.BigInteger(), nullable=False),
    sa.Column('brands', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.Column('covered_until', TIME, nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("cadence IN ('daily', 'weekly')", name=op.f('ck_digest_subscription_cadence')),
    sa.CheckConstraint('(member_id IS NULL) <> (department_id IS NULL)', name=op.f('ck_digest_subscription_reader')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_digest_subscription_department_id_department')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_digest_subscription_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_subscription')),
    sa.UniqueConstraint('department_id', 'cadence', name=op.f('uq_digest_subscription_department_id_cadence')),
    sa.UniqueConstraint('member_id', 'cadence', name=op.f('uq_digest_subscription_member_id_cadence')),
    )
    op.create_index('ix_digest_subscription_due_at', 'digest_subscription', ['due_at'], unique=False, postgresql_where=sa.text('enabled'))
    op.create_table('digest',
    sa.Column('subscription_id', sa.BigInteger(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('cadence', sa.String(), nullable=False),
    sa.Column('since', TIME, nullable=False),
    sa.Column('until', TIME, nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['subscription_id'], ['digest_subscription.id'], name=op.f('fk_digest_subscription_id_digest_subscription')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest')),
    sa.UniqueConstraint('subscription_id', 'period', name=op.f('uq_digest_subscription_id_period')),
    )


def _tables_of_running_sources() -> None:
    """Who runs which source, what its rhythm is, and when it was silent or failing."""
    op.create_table('source_lease',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('until', TIME, nullable=False),
    sa.Column('not_before', TIME, nullable=True),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_lease_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_lease')),
    )
    op.create_index('ix_source_lease_owner', 'source_lease', ['owner'], unique=False)
    op.create_table('source_outage',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('began_at', TIME, nullable=False),
    sa.Column('noticed_at', TIME, nullable=False),
    sa.Column('ended_at', TIME, nullable=True),
    sa.Column('carries', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('silent', 'failing')", name=op.f('ck_source_outage_state')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_outage_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_outage')),
    )
    op.create_index('uq_source_outage_open', 'source_outage', ['source_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_source_outage_began_at', 'source_outage', ['began_at'], unique=False)
    op.create_table('source_rhythm',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('slot', sa.BigInteger(), nullable=False),
    sa.Column('usual', sa.Float(), nullable=False),
    sa.Column('hour', sa.BigInteger(), nullable=False),
    sa.Column('running', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_rhythm_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', 'slot', name=op.f('pk_source_rhythm')),
    )
    op.create_table('source_heard',
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('heard_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_heard_source_id_source')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_heard')),
    )


def _tables_of_registering() -> None:
    """Who registered which mention by hand."""
    op.create_table('registration',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('registered_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brand.id'], name=op.f('fk_registration_brand_id_brand')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_registration_member_id_member')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_registration')),
    )


def _tables_of_monitors() -> None:
    """What a monitor is to its brand, whether its alerts page, and which are being counted anew."""
    op.add_column('monitor', sa.Column('type', sa.String(), nullable=False, server_default='brand'))
    op.add_column('monitor', sa.Column('pages', sa.Boolean(), nullable=False, server_default='true'))
    op.add_column('alert', sa.Column('pages', sa.Boolean(), nullable=False, server_default='true'))
    for table, column in (('monitor', 'type'), ('monitor', 'pages'), ('alert', 'pages')):
        op.alter_column(table, column, server_default=None)
    op.create_table('monitor_recount',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('since', TIME, nullable=False),
    sa.Column('reached', TIME, nullable=False),
    sa.Column('reached_id', sa.BigInteger(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_monitor_recount_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('monitor_id', name=op.f('pk_monitor_recount')),
    )
    op.create_index('ix_event_kind_seq', 'event', ['kind', 'seq'], unique=False)


def downgrade() -> None:
    raise NotImplementedError('the partitions cannot be put back: restore the backup from before')
