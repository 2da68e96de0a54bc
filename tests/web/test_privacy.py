"""The page on which an author is forgotten: it says what was taken out, and what is left to look through."""

from __future__ import annotations

from kit.core import Core
from tests.web.cast import Cast


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
