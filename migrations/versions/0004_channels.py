"""Channels: contacts, rules and quiet hours of people, bundles and receipts of pages, confidential incidents

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _contacts()
    _rules()
    _pages()
    _confidential()


def _key(name: str) -> list:
    return [sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False), sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}'))]


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'))


def _contacts() -> None:
    op.create_table('contact',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('own', sa.Boolean(), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('may_be_inside', sa.Boolean(), nullable=False),
    sa.Column('made_at', TIME, nullable=False),
    sa.Column('verified_at', TIME, nullable=True),
    sa.Column('disabled_at', TIME, nullable=True),
    sa.Column('disabled_reason', sa.String(), nullable=True),
    sa.Column('removed_at', TIME, nullable=True),
    sa.Column('code_tries', sa.BigInteger(), nullable=False),
    sa.Column('note_kind', sa.String(), nullable=False),
    sa.Column('note_text', sa.String(), nullable=False),
    sa.Column('note_number', sa.BigInteger(), nullable=False),
    sa.Column('note_state', sa.String(), nullable=False),
    sa.Column('note_due_at', TIME, nullable=True),
    sa.Column('note_attempts', sa.BigInteger(), nullable=False),
    sa.Column('note_error', sa.String(), nullable=True),
    *_key('contact'),
    sa.CheckConstraint("note_state IN ('', 'due', 'sending', 'sent', 'failed')", name=op.f('ck_contact_note_state')),
    sa.CheckConstraint("note_kind IN ('', 'code', 'test', 'told')", name=op.f('ck_contact_note_kind')),
    _reference('contact', 'member_id', 'member'),
    )
    op.create_index(op.f('ix_contact_member_id'), 'contact', ['member_id'], unique=False)
    op.create_index('ix_contact_note_due_at', 'contact', ['note_due_at'], unique=False, postgresql_where=sa.text("note_state IN ('due', 'sending')"))
    op.create_index('uq_contact_own', 'contact', ['member_id'], unique=True, postgresql_where=sa.text('own'))


def _rules() -> None:
    op.create_table('contact_rule',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('contact_id', sa.BigInteger(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('after_minutes', sa.BigInteger(), nullable=False),
    *_key('contact_rule'),
    sa.CheckConstraint("level IN ('amber', 'red')", name=op.f('ck_contact_rule_level')),
    sa.CheckConstraint('after_minutes BETWEEN 0 AND 120', name=op.f('ck_contact_rule_after_minutes')),
    _reference('contact_rule', 'member_id', 'member'),
    _reference('contact_rule', 'contact_id', 'contact'),
    )
    op.create_index(op.f('ix_contact_rule_member_id'), 'contact_rule', ['member_id'], unique=False)
    op.create_index('uq_contact_rule', 'contact_rule', ['contact_id', 'level'], unique=True)
    op.create_table('quiet_hours',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('starts', sa.String(), nullable=False),
    sa.Column('ends', sa.String(), nullable=False),
    _reference('quiet_hours', 'member_id', 'member'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_quiet_hours')),
    )
    op.create_table('channel_pause',
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('until', TIME, nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_pause')),
    )


def _pages() -> None:
    """A page was one mail; now it is one try by one contact, perhaps in the message of another."""
    op.add_column('page', sa.Column('contact_id', sa.BigInteger(), nullable=True))
    op.add_column('page', sa.Column('claimed_at', TIME, nullable=True))
    op.add_column('page', sa.Column('held_until', TIME, nullable=True))
    op.add_column('page', sa.Column('bundle_id', sa.BigInteger(), nullable=True))
    op.add_column('page', sa.Column('provider_id', sa.String(), nullable=False, server_default=''))
    op.add_column('page', sa.Column('receipt', sa.String(), nullable=False, server_default=''))
    op.add_column('page', sa.Column('receipt_at', TIME, nullable=True))
    for column in ('provider_id', 'receipt'):
        op.alter_column('page', column, server_default=None)
    op.drop_constraint(op.f('ck_page_state'), 'page', type_='check')
    op.create_check_constraint(op.f('ck_page_state'), 'page', "state IN ('due', 'sending', 'sent', 'failed', 'dropped', 'bundled')")
    op.create_foreign_key(op.f('fk_page_contact_id_contact'), 'page', 'contact', ['contact_id'], ['id'])
    op.create_foreign_key(op.f('fk_page_bundle_id_page'), 'page', 'page', ['bundle_id'], ['id'])
    op.create_index('ix_page_contact_id_claimed_at', 'page', ['contact_id', 'claimed_at'], unique=False)
    op.create_index('ix_page_bundle_id', 'page', ['bundle_id'], unique=False, postgresql_where=sa.text('bundle_id IS NOT NULL'))


def _confidential() -> None:
    op.add_column('incident', sa.Column('confidential', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column('incident', 'confidential', server_default=None)
    op.create_table('hush',
    sa.Column('incident_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('brand_id', sa.BigInteger(), nullable=False),
    sa.Column('since', TIME, nullable=False),
    _reference('hush', 'brand_id', 'brand'),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_hush')),
    )
    op.create_index(op.f('ix_hush_brand_id'), 'hush', ['brand_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError('pages by other channels have no place in the tables before: restore the backup from before')
