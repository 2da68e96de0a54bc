"""Keys of corrected texts that tell ":)" from ":(" and one emoji from another

By the function of today, whatever it is by then: who changes it makes the keys anew once more.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from mentions.sentiment.corrections import text_key
revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

UNIQUE = 'uq_correction_text_key'  # op.f is there only while a migration runs
FORGET = sa.text('DELETE FROM correction WHERE id = :id')
KEEP = sa.text('UPDATE correction SET text_key = :key WHERE id = :id')


def upgrade() -> None:
    """Of two that have one key now, the newest word stands."""
    op.drop_constraint(UNIQUE, 'correction', type_='unique')
    connection, seen = op.get_bind(), set()
    rows = connection.execute(sa.text('SELECT id, text FROM correction ORDER BY made_at DESC, id DESC'))
    for number, text in rows.all():
        key = text_key(text)
        connection.execute(FORGET if key in seen else KEEP, {'id': number, 'key': key})
        seen.add(key)
    op.create_unique_constraint(UNIQUE, 'correction', ['text_key'])
