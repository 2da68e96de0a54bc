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
    _brought()
    _taken_back()


def _brought() -> None:
    """How many items a mention stands for; the default stays for processes of the version before."""
    op.add_column('mention', sa.Column('brought', sa.BigInteger(), nullable=False, server_default='1'))


def _taken_back() -> None:
    """Keys without a mention go after an hour, and are few among many."""
    op.create_index('ix_mention_key_taken_back', 'mention_key', ['taken_at'], unique=False, postgresql_where=sa.text('mention_id = 0'))
