"""The figures of 0008 for the minutes before it, without stopping anybody

Every stored minute gets them: the detector and back-tests would take the day from which they are known for the
day on which people began to talk, and a correction would take away what was never counted.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BATCH = 60
"""Minutes that are filled, and held, at once."""

NEXT = sa.text("SELECT min(minute) FROM minute_count WHERE minute >= :since")

FILL = sa.text("""
    WITH unfilled AS (
        SELECT monitor_id, minute FROM minute_count
        WHERE minute >= :since AND minute < :until AND volume > 0 AND voices = 0
        ORDER BY monitor_id, minute FOR UPDATE  -- the order of whoever counts
    ), weighed AS (
        SELECT match.monitor_id, CAST(floor(extract(epoch FROM mention.arrived_at) / 60) AS bigint) AS minute,
               sum(least(400, round(100 * log(coalesce(mention.reach, mention.followers) / 1000.0)))) AS reach
        FROM mention JOIN mention_match AS match
            ON match.mention_id = mention.id AND match.arrived_at = mention.arrived_at
        WHERE mention.arrived_at >= to_timestamp(60 * CAST(:since AS bigint))
            AND mention.arrived_at < to_timestamp(60 * CAST(:until AS bigint))
            AND coalesce(mention.reach, mention.followers) > 1000
        GROUP BY 1, 2
    )
    UPDATE minute_count AS counted SET
        voices = volume,
        independent = greatest(volume - copies, 0),
        independent_negative = greatest(least(negative, volume - copies), 0),
        independent_positive = greatest(least(positive, volume - copies), 0),
        reach = coalesce(weighed.reach, 0)
    FROM unfilled LEFT JOIN weighed USING (monitor_id, minute)
    WHERE counted.monitor_id = unfilled.monitor_id AND counted.minute = unfilled.minute""")


def upgrade() -> None:
    """Each statement is a transaction of its own. What is done is not done again after an interruption."""
    with op.get_context().autocommit_block():
        _index_of_notable()
        _figures_of_the_past()


def _index_of_notable() -> None:
    op.drop_index('ix_minute_count_notable', 'minute_count', if_exists=True, postgresql_concurrently=True)
    op.create_index('ix_minute_count_notable', 'minute_count', ['minute'], unique=False, postgresql_where=sa.text('notable > 0'), postgresql_concurrently=True)


def _figures_of_the_past() -> None:
    """Each account is taken to have spoken once: who was heard in an hour long ago is not known any more."""
    connection, until = op.get_bind(), 0
    while (since := connection.scalar(NEXT, {'since': until})) is not None:
        until = since + BATCH
        connection.execute(FILL, {'since': since, 'until': until})
