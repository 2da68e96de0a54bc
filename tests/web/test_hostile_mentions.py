"""What a sender may say of itself breaks no page that shows it."""

from __future__ import annotations

import re

import pytest

from kit.core import Core
from mentions.drafts.draft import MAX_FOLLOWERS
from mentions.intake.store import enabled_monitors, store
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.triage.opening import open_cases
from mentions.waiting.batch import Batch
from tests.mentions.makers import draft
from tests.web.cast import Cast, evidence

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}\"'"
BACKWARDS = "\u2067"
AUTHOR = f"{MARKUP}{BACKWARDS}"
COMPLAINT = f"Almadía complaint: terrible ferry, I want a refund of my ticket! {MARKUP} \u202e"


async def heard(core: Core) -> None:
    """One complaint with all that is hostile in it, and its case."""
    async with core.database.unit_of_work() as session:
        source = await session.get_one(Source, 1)
        one = draft(
            COMPLAINT, at=core.clock.now(), lang="en", author=AUTHOR, title=MARKUP, place=MARKUP,
            url='https://evil.example/"onmouseover=alert(3)', domain="<b>.example",
            followers=MAX_FOLLOWERS, reach=MAX_FOLLOWERS,
        )  # fmt: skip
        batch = Batch(source.id, core.clock.now(), (one,))
        await store(session, [batch], scorer=Scorer.load(), monitors=await enabled_monitors(session))
    assert await open_cases(core) == 1


@pytest.mark.parametrize("path", ["/mentions", "/inbox", "/inbox/customer-service", "/cases/1", "/sources/1"])
async def test_it_is_shown_as_it_was_said_and_nothing_more(core: Core, path: str) -> None:
    cast = await Cast.assemble(core)
    await heard(core)
    async with cast.browser("marta") as browser:
        shown = await browser.see(path)
    assert not any(sign in shown for sign in ("<script>alert", "<img", '"onmouseover', "<b>.example"))
    assert path == "/inbox" or "&lt;script&gt;" in shown


@pytest.mark.parametrize("path", ["/mentions", "/inbox/customer-service", "/cases/1", "/sources/1"])
async def test_a_name_that_runs_backwards_turns_nothing_around_it(core: Core, path: str) -> None:
    cast = await Cast.assemble(core)
    await heard(core)
    async with cast.browser("marta") as browser:
        shown = await browser.see(path)
    assert BACKWARDS in shown
    assert BACKWARDS not in re.sub(r"<bdi>[^<]*</bdi>", "", shown)


@pytest.mark.parametrize("path", ["/", "/incidents/1"])
async def test_words_that_run_from_right_to_left_keep_their_quotes_in_the_sentence(
    core: Core, path: str
) -> None:
    cast = await Cast.assemble(core)
    terms = [{"term": word, "count": 9, "score": 9.0} for word in ("مطار", "<b>", "سفينة")]
    await cast.crisis(drivers={**evidence()["drivers"], "terms": terms})
    async with cast.browser("helen") as browser:
        shown = await browser.see(path)
    said = "people speak of <bdi>“مطار”</bdi>, <bdi>“&lt;b&gt;”</bdi>, <bdi>“سفينة”</bdi>."
    assert said in shown
