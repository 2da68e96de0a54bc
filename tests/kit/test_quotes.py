"""What somebody said is quoted as its reader quotes, wherever it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.duty.compose import Reader, cover_asked, swap_asked
from incident.digest.compose import Stretch, paper, read
from incident.digest.figures import BrandFigures, Figures, StoryCount
from kit.core import Core
from tests.alerts.wording.test_compose import page
from tests.web.cast import Cast

NOW = datetime(2026, 3, 10, 2, 10, tzinfo=UTC)
SPAN = (NOW, NOW + timedelta(hours=12))
SHAPES = [
    ("en", "“Tarde”"), ("es", "«Tarde»"), ("ca", "«Tarde»"), ("fr", "«\u202fTarde\u202f»"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "shape"), SHAPES)
def test_in_a_digest(language: str, shape: str) -> None:
    brand = BrandFigures(1, "Renfe", 20, 9.0, 3, 1, [], [StoryCount(7, 9)], 0, 0, 0, [], [])
    stretch = Stretch("weekly", NOW - timedelta(days=7), NOW)
    made = read(Figures([brand], []), stretch, texts={7: "Tarde"}, language=language, zone=ZoneInfo("UTC"))
    lines = [line for part in paper(made, "/digests/1").sections for line in part.lines]
    assert [line for line in lines if line.endswith(f" {shape}")]


@pytest.mark.parametrize(("language", "shape"), SHAPES)
def test_in_a_note_about_the_rota(language: str, shape: str) -> None:
    reader = Reader(language, ZoneInfo("UTC"))
    swap = swap_asked(reader, "Nights", 1, "Jon", gives=SPAN, takes=None, note="Tarde")
    cover = cover_asked(reader, "Nights", 1, "Jon", span=SPAN, note="Tarde")
    for told in (swap, cover):
        assert shape in [line for part in told.sections for line in part.lines]


@pytest.mark.parametrize(("language", "shape"), SHAPES)
def test_in_a_page_about_copies(language: str, shape: str) -> None:
    story = {"text": "Tarde", "copies": 80, "accounts": 60}
    made = page(language, evidence={"drivers": {"mentions": 100, "copies": 80, "stories": [story]}})
    assert [value for _, value in made.facts if value.startswith(shape)]


async def test_on_the_page_of_the_rota(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon, cast.browser("helen") as helen:
        shifts = {"startsAt": "2026-03-21T20:00", "endsAt": "2026-03-22T08:00"}
        await jon.done("/rota/1/covers", **shifts, note="Tarde")
        for language, shape in SHAPES:
            await helen.done("/me/reading", language=language, timeZone="UTC")
            assert f" {shape}</p>" in await helen.see("/rota/1")
