"""The page on which an author is forgotten: it says what was taken out, and what is left to look through."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import structs
from sqlalchemy import select

from kit.core import Core
from mentions.mention import Mention
from tests.mentions.makers import draft, make_all, put
from tests.web.cast import Cast

SAID = "Renfe is late again and nobody at the station tells anybody why the train does not come"


async def test_who_forgets_an_author_is_told_what_stays_and_where(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        assert "This stays" not in await helen.see("/privacy")
        gone = await helen.done("/privacy/erase", author="nobody", copies="on")
        found = await helen.see(gone)
        assert "Nothing was found of an author of this name" in found
        assert "Done. The author was taken out of" not in found
        told = await helen.see("/privacy?mentions=3&copies=2&corrections=0&alerts=1&digests=0")
        assert "<dt>Mentions</dt><dd>3</dd>" in told
        assert "<dt>Copies by others</dt><dd>2</dd>" in told
        for place in ("/inbox", "/incidents", "/monitors", "/mentions"):
            assert f'<li><a href="{place}">' in told


async def test_how_much_there_is_of_an_author_is_shown_before_anything_is_erased(core: Core) -> None:
    cast, at = await Cast.assemble(core), core.clock.now()
    source = (await make_all(core))[2]
    said = [
        (SAID, "Ana"),
        ("Renfe, late", "ANA"),
        ("Renfe, why", "Ana"),
        (SAID, "B"),
    ]
    for number, (words, author) in enumerate(said):
        after = at + timedelta(seconds=number)
        await put(core, source, structs.replace(draft(words, at=after, native_id=f"{number}"), author=author))
    async with cast.browser("helen") as helen:
        start = await helen.see("/privacy")
        assert 'action="/privacy/erase"' not in start, "no form erases at once"
        found = (await helen.send("/privacy/find", author=" ana ", copies="on")).text
        names = re.findall(r"<li><strong>(\w+)</strong> <span class=.fine.>(.*?)</span>", found)
        assert names == [("Ana", "2 mentions"), ("ANA", "1 mention")]
        assert "1 copy by others goes, too." in found
        assert "Erase 3 mentions for good" in found
        assert await texts(core) == sorted(words for words, _ in said), "it only looked"
        nobody = (await helen.send("/privacy/find", author="nobody")).text
        assert "No mention has an author of this name" in nobody
        again = await helen.send("/privacy/find", author=" ")
        assert (again.status_code, "Give the author" in again.text) == (422, True)
        form = dict(re.findall(r'<input type="hidden" name="(author|copies)" value="(.*?)"', found))
        gone = await helen.done("/privacy/erase", **form)
        assert gone.startswith("/privacy?mentions=3&copies=1&")
        assert await texts(core) == ["", "", "", ""]
    async with cast.browser("marta") as marta:
        assert (await marta.send("/privacy/find", author="Ana")).status_code == 403


async def texts(core: Core) -> list[str]:
    async with core.database.read() as session:
        return sorted((await session.scalars(select(Mention.text))).all())
