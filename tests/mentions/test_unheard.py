"""What a query asks for and nothing can have is told, with where it stands and what there is instead."""

from __future__ import annotations

import pytest

from kit.core import Core
from mentions.source import Source
from mentions.unheard import LISTED, unheard
from tests.mentions.makers import make_all

CASES = [
    ("renfe lang:xx", ["'xx' is no language that we find"], [(12, 2)]),
    ('renfe source:"unknown"', ["no source is called 'unknown'"], [(14, 9)]),
    ("renfe country:ZZ", ["'ZZ' is no country"], [(15, 2)]),
    ("lang:(ca OR yy) -source:none", ["'yy' is no language that we find", "no source is called 'none'"],
     [(13, 2), (25, 4)]),
    ('renfe lang:ca source:RSS source:"El  fár" country:ES kind:review author:x site:y.example', [], []),
    ("lang:und renfe", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("query", "what", "places"), CASES)
async def test_what_nothing_can_have_is_told_with_its_place(
    core: Core, query: str, what: list[str], places: list[tuple[int, int]]
) -> None:
    await make_all(core)
    async with core.database.unit_of_work() as session:
        session.add(Source(name="El Far", kind="rss"))
    async with core.database.read() as session:
        found = await unheard(session, query)
    assert [str(one.what) for one in found] == what
    assert [(one.position, one.length) for one in found] == places


async def test_the_hint_says_what_there_is(core: Core) -> None:
    async with core.database.read() as session:
        (alone,) = await unheard(session, "a source:x")
    assert str(alone.hint) == "There is no source yet."
    async with core.database.unit_of_work() as session:
        session.add_all(Source(name=f"s{n:02}", kind="rss") for n in range(LISTED + 1))
    async with core.database.read() as session:
        (source, lang) = await unheard(session, "a source:x lang:xx")
    listed = ", ".join(f"s{n:02}" for n in range(LISTED))
    assert str(source.hint) == f"Sources are {listed}, …; their kinds are rss."
    assert source.hint.into("fr").startswith("Les sources sont s00, s01")
    assert str(lang.hint).startswith("Languages are en, es, ca, fr, ")
