"""An index of what accounts of Bluesky said: when one ends, it is found without reading all there is

Made week by week beside those who write. Each statement is a transaction of its own, and what is done is not done
again after an interruption.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OF_ACCOUNTS = "(author) WHERE author LIKE 'did:%'"

MISSING = sa.text("""
    SELECT part.inhrelid::regclass::text FROM pg_inherits AS part
    WHERE part.inhparent = 'mention'::regclass AND NOT EXISTS (
        SELECT FROM pg_index JOIN pg_inherits AS made ON made.inhrelid = pg_index.indexrelid
        WHERE pg_index.indrelid = part.inhrelid AND made.inhparent = 'ix_mention_did'::regclass)
    ORDER BY 1""")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"CREATE INDEX IF NOT EXISTS ix_mention_did ON ONLY mention {OF_ACCOUNTS}")
        for week in op.get_bind().scalars(MISSING).all():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {week}_did")
            op.execute(f"CREATE INDEX CONCURRENTLY {week}_did ON {week} {OF_ACCOUNTS}")
            op.execute(f"ALTER INDEX ix_mention_did ATTACH PARTITION {week}_did")
