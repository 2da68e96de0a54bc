"""No lag of what counts as heard when it was published: a file, the first look at a feed

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('UPDATE source_health SET published_lag_seconds = NULL WHERE published_lag_seconds <= 0')
