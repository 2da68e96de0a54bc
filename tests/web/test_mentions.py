"""The list of mentions, from page to page."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import select, update

from kit.core import Core
from mentions.identity import handles
from mentions.intake.store import enabled_monitors, store
from mentions.mention import Mention
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.waiting.batch import Batch
from people.organisations import Brand
from tests.mentions.makers import draft, make_monitor
from tests.web.cast import Cast, evidence
from web.pages.mentions import PAGE

SHOWN = re.compile(r'<p class="body">([^<]*)</p>')
OLDER = re.compile(r'<a class="button" href="(/mentions\?[^"]+)"')


async def _store(core: Core, *texts: str, **said: str) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == "demo"))).one()
        batch = Batch(source.id, now, tuple(draft(text, at=now, **said) for text in texts))
        monitors = await enabled_monitors(session)
        await store(session, [batch], scorer=Scorer.load(), monitors=monitors)


async def test_older_ones_goes_through_a_batch_of_several_pages_without_a_gap(core: Core) -> None:
    cast = await Cast.assemble(core)
    count = 2 * PAGE + 5
    await _store(core, *(f"Almadía {n}" for n in range(count)))
    at, seen = "/mentions", []
    async with cast.browser("marta") as browser:
        for _ in range(3):
            page = await browser.see(at)
            seen += re.findall(r'id="mention-(\d+)"', page)
            at = unescape(older[1]) if (older := OLDER.search(page)) else ""
    assert at == "", "nothing is older than the last page"
    assert len(seen) == len(set(seen)) == count


async def test_what_a_competitors_monitor_found_is_read_from_its_page(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with core.database.unit_of_work() as session:
        brands = (await session.scalars(select(Brand).order_by(Brand.name))).all()
        rival = await make_monitor(session, brands[-1], "Balear", at=core.clock.now(), type="competitor")
    await _store(core, "Balear sails", "Almadía sails")
    async with cast.browser("marta") as browser:
        own, link = await browser.see("/mentions"), f"/mentions?monitor={rival.id}"
        assert SHOWN.findall(own) == ["Almadía sails"]
        assert f'href="{link}"' in await browser.see(f"/monitors/{rival.id}")
        page = await browser.see(link)
        assert SHOWN.findall(page) == ["Balear sails"]
        assert f'<option value="{rival.id}" selected>' in page
        elsewhere = await browser.see(f"{link}&brand={brands[0].slug}")
        assert SHOWN.findall(elsewhere) == SHOWN.findall(
            await browser.see(f"/mentions?brand={brands[0].slug}")
        )


async def test_one_author_any_language_and_how_sure_the_sentiment_is(core: Core) -> None:
    cast = await Cast.assemble(core)
    await _store(core, "Almadía: a disgrace, never again", author="Ben & Co")
    await _store(core, "Almadía", author="Ada")
    async with core.database.unit_of_work() as session:
        for text, confidence in (("Almadía", 0.41), ("Almadía: a disgrace, never again", 0.98)):
            at_odds = update(Mention).where(Mention.text == text)
            await session.execute(at_odds.values(score=-confidence, confidence=confidence))
    async with cast.browser("marta") as browser:
        page = await browser.see("/mentions")
        assert "−0,98, 98 % segur<" in page
        assert "−0,41, 41 % segur: dubtós<" in page
        assert '<option value="pt">portuguès</option>' in page
        (link,) = re.findall(r'<a href="([^"]+)"><bdi>Ben &amp; Co</bdi></a>', page)
        assert SHOWN.findall(await browser.see(unescape(link))) == ["Almadía: a disgrace, never again"]
        assert SHOWN.findall(await browser.see("/mentions?author=ADA")) == ["Almadía"]
        assert SHOWN.findall(await browser.see("/mentions?author=ADA&lang=pt")) == []


async def test_the_handle_of_an_account_stands_beside_its_number(core: Core) -> None:
    cast, ana = await Cast.assemble(core), "did:plc:ana"
    await _store(core, "Almadía sails", author=ana)
    async with core.database.unit_of_work() as session:
        await handles.note(session, [(ana, "ana.example")], core.clock.now())
    drivers = evidence()["drivers"] | {"authors": [{"author": ana, "count": 6, "followers": 12400}]}
    alert = await cast.crisis(drivers=drivers)
    async with cast.browser("helen") as helen:
        (mention,) = re.findall(r'id="mention-(\d+)"', await helen.see("/mentions"))
        case = await helen.done(f"/mentions/{mention}/raise", label="complaint", department="1", note="")
        for path in ("/mentions", case, "/inbox/customer-service", f"/alerts/{alert}"):
            shown = re.sub(r"<[^>]+>", "", await helen.see(path))
            assert f"{ana} @ana.example" in shown, path


async def test_the_handle_stands_where_something_is_tried_too(core: Core) -> None:
    cast, ana = await Cast.assemble(core), "did:plc:ana"
    await _store(core, "Almadía es una vergüenza, el ferry con retraso, reclamo", author=ana)
    async with core.database.unit_of_work() as session:
        await handles.note(session, [(ana, "ana.example")], core.clock.now())
        source = (await session.scalars(select(Source.id).where(Source.name == "demo"))).one()
    core.clock.forward(minutes=1)  # type: ignore[attr-defined]
    monitor = {"query": "ferry", "name": "", "type": "topic", "brand": "1"}
    rule = {"label": "", "terms": "ferry", "brand": "", "monitor": "", "lang": "", "department": "1",
            "reason": "", "owner": "", "hours": "", "hint": ""}  # fmt: skip
    async with cast.browser("helen") as helen:
        tried = await helen.send("/monitors/new/preview", page="/monitors/new", **monitor)
        routed = await helen.send("/routes/new/preview", page="/routes/new", **rule)
        for page in (tried.text, routed.text, await helen.see(f"/sources/{source}")):
            assert f"{ana} @ana.example" in re.sub(r"<[^>]+>", "", page)


async def test_a_case_says_once_and_in_ones_language_who_sent_it_and_nothing_more_once_closed(
    core: Core,
) -> None:
    cast = await Cast.assemble(core)
    await _store(core, "Almadía sails")
    async with cast.browser("jon") as jon:
        (mention,) = re.findall(r'id="mention-(\d+)"', await jon.see("/mentions"))
        case = await jon.done(
            f"/mentions/{mention}/raise", label="complaint", department="1", note="Quiere un abogado"
        )
        shown = re.sub(r"<[^>]+>", "", (await jon.see(case)).partition("Por qué está aquí")[2])
        why, _, history = shown.partition("Historial")
        assert why.count("Quiere un abogado") == 1
        assert "raised it as" not in why
        assert "Lo planteó como: Queja." in history
        assert "Además" in await jon.see(case)
        await jon.done(f"{case}/close", outcome="Resuelto")
        assert "Además" not in await jon.see(case), "a card with nothing in it"


async def test_a_corrected_mention_that_leaves_the_list_is_told_of(core: Core) -> None:
    cast, told = await Cast.assemble(core), "La mención ya no está en esta lista."
    await _store(core, "Almadía, qué vergüenza y qué asco de servicio")
    async with cast.browser("jon") as jon:
        for asked, leaves in (("/mentions?sentiment=negative", True), ("/mentions", False)):
            page = await jon.see(asked)
            assert told not in page
            (mention,) = re.findall(r'id="mention-(\d+)"', page)
            (back,) = set(re.findall(r'name="next" value="([^"]+)"', page))
            then = await jon.done(f"/mentions/{mention}/sentiment", sentiment="positive", next=unescape(back))
            assert (told in await jon.see(then.partition("#")[0])) is leaves
        await _store(core, *(f"Almadía {n}" for n in range(PAGE)))
        page = await jon.see(then.partition("#")[0])
        assert (f'id="mention-{mention}"' in page, told in page) == (False, False), "it is on the next page"
