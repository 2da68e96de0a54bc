"""A source whose settings change: it goes on where it was, or begins anew, by what is asked for."""

from __future__ import annotations

import pytest

from kit.core import Core
from mentions.source import SourceCursor
from mentions.sources import connecting
from tests.clock import MovableClock
from tests.mentions.makers import make_source, viewer


@pytest.mark.parametrize(
    ("kind", "before", "after", "kept"),
    [
        ("jetstream", {"server": "wss://a.example"}, {"server": "wss://b.example", "version": "v2"}, True),
        ("mastodon", {"server": "a.example"}, {"server": "b.example", "transport": "websocket"}, True),
        ("mastodon", {"server": "a.example"}, {"server": "a.example", "stream": "public:local"}, False),
        ("mastodon_search", {"server": "a", "query": "x"}, {"server": "b", "query": "y"}, False),
        ("talkwalker", {"collector": "1"}, {"collector": "1", "server": "https://b.example"}, True),
        ("talkwalker", {"collector": "1"}, {"collector": "2"}, False),
    ],
)
async def test_the_same_from_another_place_goes_on_where_it_was(
    core: Core, clock: MovableClock, kind: str, before: dict[str, str], after: dict[str, str], kept: bool
) -> None:
    """A source that is moved to another server after an outage would leave a gap that nobody is told of."""
    async with core.database.unit_of_work() as session:
        row = await make_source(session, "moved", kind=kind, settings=before, secret="kept")
        session.add(SourceCursor(source_id=row.id, cursor={"id": "7"}, saved_at=clock.now()))
    async with core.database.unit_of_work() as session:
        given = {"token": "typed again", **after} if kind != "jetstream" else after
        await connecting.edit(
            session, viewer(role="admin"), row.id, connecting.Wanted("moved", given), clock.now()
        )
        assert (await session.get(SourceCursor, row.id) is not None) == kept
