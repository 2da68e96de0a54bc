"""What people said of the detector, and what an alert is computed again from

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tables_of_feedback()
    _tables_of_explaining()
    _what_was_said_before()


def _tables_of_feedback() -> None:
    op.create_table('detector_mark',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('alert_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('taken_back_at', TIME, nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("(kind = 'no_crisis') = (alert_id IS NOT NULL)", name=op.f('ck_detector_mark_alert')),
    sa.CheckConstraint("kind IN ('no_crisis', 'missed')", name=op.f('ck_detector_mark_kind')),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_detector_mark_alert_id_alert')),
    sa.ForeignKeyConstraint(['made_by'], ['member.id'], name=op.f('fk_detector_mark_made_by_member')),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_detector_mark_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_detector_mark')),
    )
    op.create_index('ix_detector_mark_monitor_id_minute', 'detector_mark', ['monitor_id', 'minute'])
    op.create_index('uq_detector_mark_alert', 'detector_mark', ['alert_id'], unique=True,
        postgresql_where='taken_back_at IS NULL')
    op.create_table('detector_proposal',
    sa.Column('monitor_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('wish', JSON, nullable=False),
    sa.Column('seen', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('now', JSON, nullable=False),
    sa.Column('then', JSON, nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', TIME, nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f('ck_detector_proposal_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['member.id'], name=op.f('fk_detector_proposal_decided_by_member')),
    sa.ForeignKeyConstraint(['made_by'], ['member.id'], name=op.f('fk_detector_proposal_made_by_member')),
    sa.ForeignKeyConstraint(['monitor_id'], ['monitor.id'], name=op.f('fk_detector_proposal_monitor_id_monitor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_detector_proposal')),
    )
    op.create_index('uq_detector_proposal_open', 'detector_proposal', ['monitor_id'], unique=True,
        postgresql_where="state = 'open'")


def _tables_of_explaining() -> None:
    op.create_table('detector_past',
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('series', JSON, nullable=False),
    sa.Column('arrays', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('minute', name=op.f('pk_detector_past')),
    )
    op.create_table('alert_basis',
    sa.Column('alert_id', sa.BigInteger(), nullable=False),
    sa.Column('after', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=True),
    sa.Column('live_since', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('fraction', sa.Float(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('open_counts', JSON, nullable=False),
    sa.Column('seen', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_basis_alert_id_alert'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('alert_id', name=op.f('pk_alert_basis')),
    )


def _what_was_said_before() -> None:
    """Alerts that were closed as no crisis are marks from the beginning."""
    op.execute("""
        INSERT INTO detector_mark (monitor_id, kind, minute, alert_id, note, made_by, made_at)
        SELECT DISTINCT ON (alert.id) alert.monitor_id, 'no_crisis', floor(extract(epoch FROM alert.since) / 60),
               alert.id, event.data ->> 'reason', member.id, event.at
        FROM event
        JOIN alert ON alert.id = CAST(event.data ->> 'alert_id' AS bigint)
        LEFT JOIN member ON member.id = event.actor_id
        WHERE event.kind = 'alert.dismissed' AND alert.monitor_id IS NOT NULL
        ORDER BY alert.id, event.seq""")
