"""The forms, sent as a browser without scripts sends them."""

from __future__ import annotations

from kit.core import Core
from tests.web.cast import Cast


async def test_acknowledge_then_say_who_has_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("marta") as marta, cast.browser("helen") as helen:
        assert "Me’n faig càrrec" in await marta.see(f"/alerts/{alert}")
        assert await marta.done(f"/alerts/{alert}/acknowledge") == f"/alerts/{alert}"
        page = await helen.see(f"/alerts/{alert}")
        assert "Marta Vidal acknowledged it at" in page
        refused = await helen.send(f"/alerts/{alert}/acknowledge")
        assert refused.status_code == 409
        assert "Marta Vidal" in refused.text
