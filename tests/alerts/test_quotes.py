"""Evidence quotes nobody who took it back, nor for longer than a source lets us; its figures stay."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from alerts.alert import Alert
from alerts.claims import claims_of
from alerts.judging.notable import voice
from alerts.open import open_alert, raise_level
from alerts.quotes import unquote
from api.evidence import Evidence
from kit.core import Core
from mentions.drivers import drivers
from mentions.mention import Mention
from mentions.privacy.retention import expire
from mentions.source import Source
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, minutes, put

SAID = "Renfe: el tren de Vigo lleva tres horas parado en medio del campo sin luz"
OTHERS = "Renfe: gracias a la maquinista de ayer por su paciencia con los niños"


@pytest.mark.parametrize("why", ["taken back", "too old"])
async def test_what_is_gone_is_quoted_no_more(core: Core, clock: MovableClock, why: str) -> None:
    brand, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).retention_days = 2
        kept = await make_source(session, "kept")
    now = clock.now()
    ana = draft(SAID, at=now, author="ana", url="https://x.example/1", followers=9)
    eva = draft(SAID, at=now + minutes(1), author="eva", url="https://x.example/2", followers=8)
    await put(core, source, ana, eva)
    await put(core, kept, draft(OTHERS, at=now, author="bea", url="https://x.example/3", followers=7))
    async with core.database.unit_of_work() as session:
        rows = await session.scalars(select(Mention).order_by(Mention.id))
        found = {
            "observed": 3.0,
            "score": 12.5,
            "drivers": await drivers(session, monitor.id, now, now + minutes(1)),
            "voices": [voice(row) for row in rows],
            "campaigns": [{"id": 1, "title": "ana"}],
        }
        alert = await open_alert(
            session, brand_id=brand.id, monitor_id=monitor.id, signal="volume", level="amber",
            title="Renfe", evidence=found, since=now, now=now,
        )  # fmt: skip
        await raise_level(session, alert, level="red", title="Renfe", evidence=found, now=now)
    assert await unquote(core) == 0
    if why == "taken back":
        await put(core, source, *(replace(one, text="", deleted=True) for one in (ana, eva)))
    else:
        clock.forward(days=2, minutes=2)
        await expire(core)
    assert await unquote(core) == 2
    assert await unquote(core) == 0
    async with core.database.read() as session:
        first, newest = await claims_of(session, await session.get_one(Alert, alert.id))
    after = newest.evidence
    assert first.evidence == after
    for word in ("'ana'", "'eva'", "tres horas parado en", "x.example/1", "x.example/2"):
        assert word not in str({**after, "campaigns": []}), word
    assert (after["observed"], after["score"], after["campaigns"]) == (3.0, 12.5, found["campaigns"])
    told = Evidence.of({**after, "campaigns": []})
    assert [one.author for one in told.voices] == [one.author for one in told.authors] == ["bea"]
    assert [one.text for one in told.examples] == [OTHERS]
    assert [(one.text, one.count) for one in told.drivers.stories] == [("", 2)]
