"""What is read at 03:10 is in the reader's language, the alert's own words too."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, update

from alerts.audit.auditor import audit_due
from alerts.chain.words import ENGLISH as ENGLISH_CHAIN
from alerts.chain.words import LANGUAGES as CHAIN
from alerts.escalating.escalate import escalate_due
from alerts.explained.phrases import EXPLAINED
from alerts.wording.phrases import PHRASES
from incident.sentences import SENTENCES
from incident.timeline import LANGUAGES
from kit.core import Core
from people.members import Member
from runbooks.library import LIBRARY
from tests.web.cast import Cast
from web import routes
from web.catalogs import extracted
from web.words import words

ENGLISH = ("84 mentions in 10 minutes", "×12.9 negative mentions")
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
        "Observé\xa0: 84 mentions négatives en 10 min. Habituel\xa0: 6,5.",
    ),
}


@pytest.mark.parametrize("language", SAID)
async def test_an_alert_is_told_in_the_readers_language(core: Core, language: str) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis(title="Almadía Ferries: ×12.9 negative mentions")
    link = await cast.page_link(alert, "marta")
    headline, reason = SAID[language]
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Member).where(Member.email.startswith("marta@")).values(language=language)
        )
    async with cast.browser("marta") as marta, cast.browser() as anybody:
        pages = [
            await marta.see(f"/alerts/{alert}"),
            await marta.see("/incidents/1"),
            await marta.see("/incidents/1/parts/evidence"),
            await anybody.see(link),
        ]
        lists = [await marta.see("/"), await marta.see("/incidents")]
    lasting = re.sub(r"×[\d.,]+ ", "", headline)
    for page in lists:
        assert lasting in page
    for page in [*pages[:3], *lists]:
        assert ENGLISH[1] not in page.partition('data-part="timeline"')[0]
    for page in pages:
        assert headline in page
        assert reason in page
        assert ENGLISH[0] not in page


async def test_people_choose_in_which_language_and_by_which_clock_they_read(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        assert await helen.done("/me/reading", language="fr", timeZone="Europe/Paris") == "/me"
        for language, zone in (("de", "Europe/Paris"), ("ca", "Europe/Nowhere")):
            refused = await helen.send("/me/reading", language=language, timeZone=zone)
            assert refused.status_code == 422
        page = await helen.see("/me")
    assert "Comment je lis" in page
    assert 'value="Europe/Paris"' in page


async def test_an_incidents_title_carries_no_figure_that_goes_stale(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis(title="Almadía Ferries: ×55.3 negative mentions", ratio=72.1)
    async with cast.browser("marta") as marta, cast.browser("helen") as helen:
        for browser, title in (
            (helen, "Almadía Ferries: negative mentions"), (marta, "Almadía Ferries: mencions negatives"),
        ):  # fmt: skip
            for path in ("/incidents", "/incidents/1"):
                assert f"</span> {title}" in await browser.see(
                    path
                ) or f"<h1>{title}</h1>" in await browser.see(path)
        assert "55.3" not in await helen.see("/incidents")
        asked = {
            "json": {"query": "{ incident(number: 1) { title } }"},
            "headers": {"Origin": "http://tocsin.test"},
        }
        answer = (await marta.http.post("/graphql", **asked)).json()  # type: ignore[arg-type]
        assert answer["data"]["incident"]["title"] == "Almadía Ferries: negative mentions"
        assert "×55.3 negative mentions" in await helen.see(f"/alerts/{alert}"), "an alert is of its time"


async def test_who_reads_english_has_the_words_of_the_detector(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis(title="Almadía Ferries: ×12.9 negative mentions")
    async with cast.browser("helen") as helen:
        page = await helen.see(f"/alerts/{alert}")
    assert all(words in page for words in ENGLISH)


TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.S)
WORDY = re.compile(r"\{[^}]*\}|%\(\w+\)s")
NIGHT = (
    "/alerts/2", "/incidents/1", "/alerts/1", "/incidents/2", "/incidents/1/review",
)  # fmt: skip


def english(language: str) -> set[str]:
    """Parts of what is said in English that are not in what this language says instead."""
    pairs = [(said, LANGUAGES[language][kind]) for kind, said in SENTENCES.items()]
    pairs += [(said, CHAIN[language][kind]) for kind, said in ENGLISH_CHAIN.items()]
    pairs += [(said, book.told(said, language)) for book in (PHRASES, EXPLAINED) for said in book.table]
    shown = [message.id for message in extracted() if isinstance(message.id, str)]
    pairs += [(said, words(language).gettext(said)) for said in shown]
    parts = ((part.strip(" .,:;“”()"), other) for said, other in pairs for part in WORDY.split(said))
    return {part for part, other in parts if len(part) >= 12 and " " in part and part not in other}


def plans() -> list[str]:
    """What people wrote into runbooks stays as it is."""
    return [text for plan in LIBRARY for step in plan.steps for text in (step.title, step.body)] + [
        plan.summary for plan in LIBRARY
    ]


async def a_night(cast: Cast) -> None:
    """One alert that somebody has and whose incident is over, and one that nobody can be paged about."""
    core, sent = cast.core, {"page": "/me"}
    await cast.crisis(title="Almadía Ferries: ×12.9 negative mentions")
    await escalate_due(core)
    async with cast.browser("helen") as helen:
        await helen.done("/alerts/1/acknowledge", **sent)
        await helen.done("/incidents/1/notes", text="Rang the captain.", **sent)
        await helen.done("/incidents/1/severity", severity="amber", reason="Calmer.", **sent)
        await helen.done("/incidents/1/resolve", summary="Towed home.", **sent)
    await cast.crisis("brisa", title="Brisa: new words: glass")
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).values(email=func.replace(Member.email, "@", " at ")))
    await escalate_due(core)
    await audit_due(core)


async def test_no_sentence_of_ours_is_english_to_who_reads_another_language(core: Core) -> None:
    cast, left = await Cast.assemble(core), set[tuple[str, str, str]]()
    content = re.compile("|".join(sorted(map(re.escape, plans()), key=len, reverse=True)))
    elsewhere = ("/sign-in", "/sources/new")  # they lead to another page
    plain = [path for path, _, _ in routes.PAGES if "{" not in path and path not in elsewhere]
    async with cast.browser("helen") as reader:
        await a_night(cast)
        for language, paths in (("ca", [*plain, *NIGHT]), ("es", NIGHT[:2]), ("fr", NIGHT[:2])):
            async with core.database.unit_of_work() as session:
                await session.execute(update(Member).values(language=language))
            unsaid, pages = english(language), {path: await reader.see(path) for path in paths}
            for path, page in pages.items():
                seen = content.sub("", TAGS.sub("\n", unescape(page)))
                left |= {(language, path, part) for part in unsaid if part in seen}
            assert PHRASES.told("Helen Marsh has no mail address.", language) in pages["/alerts/2"]
    assert left == set()
