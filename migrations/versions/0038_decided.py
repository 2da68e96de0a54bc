"""Decided: the text of a statement that was last approved or returned

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('response', sa.Column('decided_text', sa.String(), nullable=True))
    op.add_column('response', sa.Column('decided_version', sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE response SET decided_text = text, decided_version = version"
        " WHERE state IN ('returned', 'approved', 'published')"
    )
