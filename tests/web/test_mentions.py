"""The list of mentions, from page to page."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import select

from kit.core import Core
from mentions.batch import Batch
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.store import enabled_monitors, store
from tests.mentions.makers import draft
from tests.web.cast import Cast
from web.pages.mentions import PAGE

OLDER = re.compile(r'<a class="button" href="(/mentions\?[^"]+)"')


async def test_older_ones_goes_through_a_batch_of_several_pages_without_a_gap(core: Core) -> None:
    cast = await Cast.assemble(core)
    count, now = 2 * PAGE + 5, core.clock.now()
    async with core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == "demo"))).one()
        batch = Batch(source.id, now, tuple(draft(f"Almadía {n}", at=now) for n in range(count)))
        monitors = await enabled_monitors(session)
        await store(session, [batch], scorer=Scorer.load(), monitors=monitors)
    at, seen = "/mentions", []
    async with cast.browser("marta") as browser:
        for _ in range(3):
            page = await browser.see(at)
            seen += re.findall(r'id="mention-(\d+)"', page)
            at = unescape(older[1]) if (older := OLDER.search(page)) else ""
    assert at == "", "nothing is older than the last page"
    assert len(seen) == len(set(seen)) == count
