"""What is read at 03:10 is in the reader's language, the alert's own words too."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from kit.core import Core
from people.members import Member
from tests.web.cast import Cast

ENGLISH = ("84 mentions in 10 minutes", "84 negative mentions in 10")
SAID = {
    "es": (
        "Almadía Ferries: ×12,9 menciones negativas",
        "Observado: 84 menciones negativas en 10 min. Habitual: 6,5.",
    ),
    "ca": (
        "Almadía Ferries: ×12,9 mencions negatives",
        "Observat: 84 mencions negatives en 10 min. Habitual: 6,5.",
    ),
    "fr": (
        "Almadía Ferries: ×12,9 mentions négatives",
        "Observé : 84 mentions négatives en 10 min. Habituel : 6,5.",
    ),
}


@pytest.mark.parametrize("language", SAID)
async def test_an_alert_is_told_in_the_readers_language(core: Core, language: str) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    link = await cast.page_link(alert)
    headline, reason = SAID[language]
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Member).where(Member.email.startswith("marta@")).values(language=language)
        )
    async with cast.browser("marta") as marta, cast.browser() as anybody:
        anybody.http.headers["Accept-Language"] = language
        pages = [
            await marta.see(f"/alerts/{alert}"),
            await marta.see("/incidents/1"),
            await marta.see("/incidents/1/parts/evidence"),
            await anybody.see(link),
        ]
        lists = [await marta.see("/"), await marta.see("/incidents")]
    for page in lists:
        assert headline in page
    for page in [*pages[:3], *lists]:
        assert ENGLISH[1] not in page.partition('data-part="timeline"')[0]
    for page in pages:
        assert headline in page
        assert reason in page
        assert ENGLISH[0] not in page


async def test_who_reads_english_has_the_words_of_the_detector(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("helen") as helen:
        page = await helen.see(f"/alerts/{alert}")
    assert all(words in page for words in ENGLISH)
