"""On call: layers, overrides, swaps, covers, absences, notices and feeds

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _layers()
    _agreements()
    _overrides()
    _absences()
    _notices()
    _feeds()


def _key(name: str) -> list:
    return [sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False), sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}'))]


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def _layers() -> None:
    """A schedule was one rotation; that becomes its only layer."""
    op.create_table('schedule_layer',
    sa.Column('schedule_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=True),
    sa.Column('handover', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('every', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('participants', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('windows', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    *_key('schedule_layer'),
    sa.CheckConstraint("unit IN ('hours', 'days', 'weeks')", name=op.f('ck_schedule_layer_unit')),
    _reference('schedule_layer', 'schedule_id', 'schedule'),
    )
    op.create_index(op.f('ix_schedule_layer_schedule_id'), 'schedule_layer', ['schedule_id'], unique=False)
    op.execute(
        "INSERT INTO schedule_layer (schedule_id, position, name, handover, starts_on, every, unit, participants, windows)"
        " SELECT id, 0, name, handover, starts_on::date, greatest(shift_days, 1), 'days', participants, '[]' FROM schedule"
    )
    for column in ('handover', 'starts_on', 'shift_days', 'participants'):
        op.drop_column('schedule', column)
    op.add_column('schedule', sa.Column('version', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('schedule', sa.Column('sequence', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('schedule', sa.Column('changed_at', TIME, nullable=True))
    op.add_column('schedule', sa.Column('notices_due_at', TIME, nullable=True))
    op.alter_column('schedule', 'version', server_default=None)
    op.alter_column('schedule', 'sequence', server_default=None)
    op.create_index('ix_schedule_notices_due_at', 'schedule', ['notices_due_at'], unique=False)


def _agreements() -> None:
    """Swaps between two people, and requests to whoever can."""
    op.create_table('shift_swap',
    sa.Column('schedule_id', sa.BigInteger(), nullable=False),
    sa.Column('asker_id', sa.BigInteger(), nullable=False),
    sa.Column('other_id', sa.BigInteger(), nullable=False),
    sa.Column('gives_from', TIME, nullable=False),
    sa.Column('gives_until', TIME, nullable=False),
    sa.Column('takes_from', TIME, nullable=True),
    sa.Column('takes_until', TIME, nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('decided_at', TIME, nullable=True),
    *_key('shift_swap'),
    sa.CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn', 'undone')", name=op.f('ck_shift_swap_state')),
    sa.CheckConstraint('gives_from < gives_until', name=op.f('ck_shift_swap_gives')),
    sa.CheckConstraint('takes_from IS NULL OR takes_from < takes_until', name=op.f('ck_shift_swap_takes')),
    _reference('shift_swap', 'schedule_id', 'schedule'),
    _reference('shift_swap', 'asker_id', 'member'),
    _reference('shift_swap', 'other_id', 'member'),
    )
    op.create_index(op.f('ix_shift_swap_schedule_id'), 'shift_swap', ['schedule_id'], unique=False)
    op.create_table('cover_request',
    sa.Column('schedule_id', sa.BigInteger(), nullable=False),
    sa.Column('asker_id', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', TIME, nullable=False),
    sa.Column('ends_at', TIME, nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('taken_by', sa.BigInteger(), nullable=True),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('decided_at', TIME, nullable=True),
    *_key('cover_request'),
    sa.CheckConstraint("state IN ('open', 'taken', 'withdrawn', 'undone')", name=op.f('ck_cover_request_state')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_cover_request_order')),
    _reference('cover_request', 'schedule_id', 'schedule'),
    _reference('cover_request', 'asker_id', 'member'),
    _reference('cover_request', 'taken_by', 'member'),
    )
    op.create_index(op.f('ix_cover_request_schedule_id'), 'cover_request', ['schedule_id'], unique=False)


def _overrides() -> None:
    """Somebody instead of everybody becomes one kind of three."""
    op.execute("DELETE FROM schedule_override WHERE starts_at >= ends_at")
    op.drop_index('ix_schedule_override_schedule_id', table_name='schedule_override')
    op.alter_column('schedule_override', 'member_id', nullable=True)
    op.add_column('schedule_override', sa.Column('kind', sa.String(), nullable=False, server_default='instead'))
    op.add_column('schedule_override', sa.Column('instead_of', sa.BigInteger(), nullable=True))
    op.add_column('schedule_override', sa.Column('note', sa.String(), nullable=False, server_default=''))
    op.add_column('schedule_override', sa.Column('swap_id', sa.BigInteger(), nullable=True))
    op.add_column('schedule_override', sa.Column('cover_id', sa.BigInteger(), nullable=True))
    op.add_column('schedule_override', sa.Column('made_by', sa.BigInteger(), nullable=True))
    op.add_column('schedule_override', sa.Column('made_at', TIME, nullable=False, server_default=sa.func.now()))
    op.add_column('schedule_override', sa.Column('removed_at', TIME, nullable=True))
    for column in ('kind', 'note', 'made_at'):
        op.alter_column('schedule_override', column, server_default=None)
    op.create_check_constraint(op.f('ck_schedule_override_kind'), 'schedule_override', "kind IN ('instead', 'add', 'nobody')")
    op.create_check_constraint(op.f('ck_schedule_override_member'), 'schedule_override', "(member_id IS NULL) = (kind = 'nobody')")
    op.create_check_constraint(op.f('ck_schedule_override_order'), 'schedule_override', 'starts_at < ends_at')
    for column, other in (('instead_of', 'member'), ('made_by', 'member'), ('swap_id', 'shift_swap'), ('cover_id', 'cover_request')):
        op.create_foreign_key(op.f(f'fk_schedule_override_{column}_{other}'), 'schedule_override', other, [column], ['id'])
    op.create_index('ix_schedule_override_schedule_id_ends_at', 'schedule_override', ['schedule_id', 'ends_at'], unique=False)


def _absences() -> None:
    op.create_table('holiday',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    *_key('holiday'),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_holiday_order')),
    _reference('holiday', 'member_id', 'member'),
    )
    op.create_index(op.f('ix_holiday_member_id'), 'holiday', ['member_id'], unique=False)
    op.create_table('away_calendar',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('may_be_inside', sa.Boolean(), nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.Column('look', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.Column('etag', sa.String(), nullable=True),
    sa.Column('last_modified', sa.String(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('read_until', TIME, nullable=True),
    sa.Column('ok_at', TIME, nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    *_key('away_calendar'),
    _reference('away_calendar', 'member_id', 'member'),
    sa.UniqueConstraint('member_id', name=op.f('uq_away_calendar_member_id')),
    )
    op.create_index('ix_away_calendar_due_at', 'away_calendar', ['due_at'], unique=False)
    op.create_table('busy_time',
    sa.Column('calendar_id', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', TIME, nullable=False),
    sa.Column('ends_at', TIME, nullable=False),
    *_key('busy_time'),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_busy_time_order')),
    _reference('busy_time', 'calendar_id', 'away_calendar'),
    )
    op.create_index(op.f('ix_busy_time_calendar_id'), 'busy_time', ['calendar_id'], unique=False)
    op.create_table('duty_settings',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('notice_hours', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('notice_hours BETWEEN 0 AND 168', name=op.f('ck_duty_settings_notice_hours')),
    _reference('duty_settings', 'member_id', 'member'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_duty_settings')),
    )


def _notices() -> None:
    op.create_table('duty_notice',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('schedule_id', sa.BigInteger(), nullable=False),
    sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', TIME, nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('sent_at', TIME, nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    *_key('duty_notice'),
    sa.CheckConstraint("kind IN ('starting', 'moved', 'swap_asked', 'swap_declined', 'cover_asked')", name=op.f('ck_duty_notice_kind')),
    sa.CheckConstraint("state IN ('due', 'sending', 'sent', 'failed', 'withdrawn')", name=op.f('ck_duty_notice_state')),
    _reference('duty_notice', 'member_id', 'member'),
    _reference('duty_notice', 'schedule_id', 'schedule'),
    sa.UniqueConstraint('key', name=op.f('uq_duty_notice_key')),
    )
    op.create_index('ix_duty_notice_due_at', 'duty_notice', ['due_at'], unique=False, postgresql_where=sa.text("state IN ('due', 'sending')"))
    op.create_index(op.f('ix_duty_notice_member_id'), 'duty_notice', ['member_id'], unique=False)
    op.create_index('uq_duty_notice_moved', 'duty_notice', ['schedule_id', 'member_id'], unique=True, postgresql_where=sa.text("kind = 'moved' AND state = 'due'"))


def _feeds() -> None:
    op.create_table('calendar_feed',
    sa.Column('schedule_id', sa.BigInteger(), nullable=True),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('revoked_at', TIME, nullable=True),
    *_key('calendar_feed'),
    sa.CheckConstraint('(schedule_id IS NULL) <> (member_id IS NULL)', name=op.f('ck_calendar_feed_of_one')),
    _reference('calendar_feed', 'schedule_id', 'schedule'),
    _reference('calendar_feed', 'member_id', 'member'),
    _reference('calendar_feed', 'made_by', 'member'),
    )
    op.create_index(op.f('ix_calendar_feed_made_by'), 'calendar_feed', ['made_by'], unique=False)


def downgrade() -> None:
    raise NotImplementedError('several layers do not fit into one: restore the backup from before')
