"""Listening: what several sources brought

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _taken_back()  # commits what is before it: so nothing is
    _brought()


def _brought() -> None:
    """How many items a mention stands for; the default stays for processes of the version before."""
    op.add_column('mention', sa.Column('brought', sa.BigInteger(), nullable=False, server_default='1'))


def _taken_back() -> None:
    """Keys without a mention go after an hour, and are few among many. Keys are taken while it is made."""
    with op.get_context().autocommit_block():
        # one that was given up half made is of no use
        op.drop_index('ix_mention_key_taken_back', 'mention_key', if_exists=True, postgresql_concurrently=True)
        op.create_index('ix_mention_key_taken_back', 'mention_key', ['taken_at'], unique=False, postgresql_where=sa.text('mention_id = 0'), postgresql_concurrently=True)
