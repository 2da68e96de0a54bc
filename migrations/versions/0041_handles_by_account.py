"""Handles by account: each page of mentions looks for those of its authors

Handles are taken while it is made.

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # one that was given up half made is of no use
        op.drop_index('ix_account_handle_did', 'account_handle', if_exists=True, postgresql_concurrently=True)
        op.create_index('ix_account_handle_did', 'account_handle', ['did'], unique=False, postgresql_concurrently=True)
