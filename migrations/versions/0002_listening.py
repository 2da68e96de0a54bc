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
    op.create_table('mention_key',
    sa.Column('source_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('source_id', 'key', name=op.f('pk_mention_key')),
    )
    op.create_index('ix_mention_key_arrived_at', 'mention_key', ['arrived_at'], unique=False)
    op.create_table('mention_match',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('mention_id', sa.BigInteger(), nullable=False),
    sa.Column('arrived_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('monitor_id', 'mention_id', 'arrived_at', name=op.f('pk_mention_match')),
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
    op.execute('''INSERT INTO mention_key (source_id, key, mention_id, arrived_at)
                  SELECT source_id, CAST(encode(substring(sha256(convert_to(native_id, 'UTF8')) FOR 16), 'hex') AS uuid),
                         id, arrived_at FROM old_mention''')
    op.execute('INSERT INTO mention_match SELECT monitor_id, mention_id, arrived_at FROM old_match')
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


def downgrade() -> None:
    raise NotImplementedError('the partitions cannot be put back: restore the backup from before')
