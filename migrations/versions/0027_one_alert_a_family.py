"""One unended alert per monitor and family of signals; of several the older ones end

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

END_THE_OLDER = """UPDATE alert SET ended_at = greatest(now(), opened_at)
    WHERE ended_at IS NULL AND monitor_id IS NOT NULL AND id NOT IN (
        SELECT max(id) FROM alert WHERE ended_at IS NULL AND monitor_id IS NOT NULL GROUP BY monitor_id,
            CASE signal WHEN 'independent' THEN 'volume' WHEN 'reach' THEN 'volume' WHEN 'terms' THEN 'arrival'
            WHEN 'story' THEN 'arrival' WHEN 'positive' THEN 'opportunity' ELSE signal END)"""
HOLD = """CREATE UNIQUE INDEX uq_alert_unended_family ON alert (monitor_id,
    (CASE signal WHEN 'independent' THEN 'volume' WHEN 'reach' THEN 'volume' WHEN 'terms' THEN 'arrival'
    WHEN 'story' THEN 'arrival' WHEN 'positive' THEN 'opportunity' ELSE signal END))
    WHERE ended_at IS NULL AND monitor_id IS NOT NULL"""


def upgrade() -> None:
    # no other one opens meanwhile; by a lesser lock we would then wait for a reader who waits for us
    op.execute('LOCK TABLE alert IN ACCESS EXCLUSIVE MODE')
    op.execute(END_THE_OLDER)  # whoever is paged for it goes on being paged until somebody answers
    op.execute(HOLD)
    op.drop_index('uq_alert_unended', table_name='alert')
