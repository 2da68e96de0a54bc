"""Handles by account: each page of mentions looks for those of its authors

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_account_handle_did'), 'account_handle', ['did'], unique=False)
