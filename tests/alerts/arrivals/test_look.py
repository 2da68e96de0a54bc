"""The look over the stored mentions, and what the ticker makes of it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from dataclasses import replace as replace_
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select, text

from alerts.arrivals.arrival import ArrivalSeen
from alerts.arrivals.claims import from_numbers
from alerts.arrivals.found import voices
from alerts.arrivals.look import Arrivals
from alerts.arrivals.reading import fastest_of, last_id
from alerts.backtest.arriving import EVERY, arrived, material
from alerts.backtest.past import past_of
from alerts.backtest.run import backtest
from alerts.backtest.trial import Choice
from alerts.backtest.verdict import Known
from alerts.detection.settings import BALANCED
from alerts.explained.replay import again
from alerts.explained.words import sentences
from alerts.ticker.tick import tick
from alerts.wording.compose import Claim, headline
from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.drafts.draft import MentionDraft
from mentions.mention import Match, Mention
from mentions.monitor import Monitor
from mentions.source import Source
from tests.alerts.cast import Cast, alerts, make_cast
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_source, put

THINGS = "port deck cabin coffee window ticket family dog breeze harbour sunset ladder bench queue".split()  # noqa: SIM905
STORY = "Almadía leaves three hundred people at sea and hides it, share this before they delete it"
Said = Callable[..., Awaitable[None]]


def words(rng: random.Random, *more: str) -> str:
    return f"Almadía {' '.join([*rng.sample(THINGS, 5), *more])}"


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


@pytest.fixture
async def say(core: Core, cast: Cast) -> Said:
    """Four days of what is always said are stored; the function stores more."""
    async with core.database.unit_of_work() as session:
        source: Source = await make_source(session)
    rng = random.Random(1)
    calm = [
        _arrived(core, 16 * n + 61, words(rng, *["disgusting"] * (n % 5 < 2)), f"u{n}") for n in range(360)
    ]
    await put(core, source, *calm)

    async def say(*drafts: MentionDraft) -> None:
        await put(core, source, *drafts)

    return say


def _arrived(core: Core, minutes: float, said: str, author: str) -> MentionDraft:
    """Said so long ago, and heard at once."""
    at = core.clock.now() - timedelta(minutes=minutes)
    return draft(said, at=at, author=author, arrived_at=at)


def angry(core: Core, people: int, *, author: str = "p{}", every: float = 6) -> list[MentionDraft]:
    """So many people have said that there is mildew on board, each in other words."""
    rng = random.Random(2)
    return [
        _arrived(core, every * n, words(rng, "mildew", "disgusting"), author.format(n)) for n in range(people)
    ]


def copies(core: Core, count: int, accounts: int) -> list[MentionDraft]:
    now = core.clock.now()
    told = [draft(STORY, at=now, author="first")]
    return told + [draft(f"RT @first: {STORY}", at=now, author=f"c{n % accounts}") for n in range(count)]


async def seen(core: Core) -> list[str]:
    async with core.database.read() as session:
        return list(await session.scalars(select(ArrivalSeen.signal)))


async def test_it_is_found_told_computed_again_and_ends(
    core: Core, clock: MovableClock, cast: Cast, say: Said
) -> None:
    arrivals = Arrivals()
    await say(*angry(core, 9))
    clock.forward(seconds=20)
    assert await arrivals.look(core) == 1
    assert await arrivals.look(core) == 0, "nothing came since"
    await tick(core)
    (alert,) = [one for one in await alerts(core) if one.signal == "terms"]
    assert alert.title == "Almadía Ferries: new words: mildew"
    assert len(alert.evidence["voices"]) == 5
    async with core.database.read() as session:
        found = await again(session, alert)
    assert found.why == ()
    assert any("stored mentions" in line and "same to the digit" in line for line in sentences(found))
    async with core.database.unit_of_work() as session:
        await session.execute(text("UPDATE mention SET deleted_at = now() WHERE id = :id"),
                              {"id": alert.evidence["arrived"]["mentions"][0]})  # fmt: skip
    async with core.database.read() as session:
        found = await again(session, alert)
    assert found.state == "differs"
    assert "observed" in found.differing
    clock.forward(minutes=241)
    await tick(core)
    (alert,) = [one for one in await alerts(core) if one.signal == "terms"]
    assert alert.ended_at is not None
    async with core.database.unit_of_work() as session:
        await session.execute(delete(Match))
    async with core.database.read() as session:
        assert (await again(session, alert)).state == "impossible"
    async with core.database.unit_of_work() as session:
        await session.execute(delete(Mention))
    async with core.database.read() as session:
        found = await again(session, alert)
    assert (found.state, found.from_numbers) == ("same", True)
    assert found.computed is not None
    assert found.computed["score"] == alert.evidence["score"]
    assert "The mentions have expired: " in " ".join(sentences(found))


async def test_one_account_says_nothing_new(core: Core, clock: MovableClock, say: Said) -> None:
    await say(*angry(core, 20, author="fury", every=2))
    clock.forward(seconds=20)
    assert await Arrivals().look(core) == 0


async def test_what_was_said_yesterday_and_comes_in_now_is_history(
    core: Core, clock: MovableClock, say: Said
) -> None:
    late = core.clock.now() - timedelta(hours=20)
    await say(*(replace(one, published_at=late) for one in angry(core, 9)))
    clock.forward(seconds=20)
    assert await Arrivals().look(core) == 0


@pytest.mark.parametrize(("accounts", "found"), [(40, ["story"]), (3, [])])
async def test_a_story_that_many_accounts_copy_is_told_and_a_storm_by_three_is_not(
    core: Core, clock: MovableClock, say: Said, accounts: int, found: list[str]
) -> None:
    await say(*copies(core, 120, accounts))
    clock.forward(seconds=20)
    await Arrivals().look(core)
    assert await seen(core) == found
    async with core.database.read() as session:
        for row in await session.scalars(select(ArrivalSeen)):
            told = await voices(session, row.evidence)
            claim = Claim("Almadía", "amber", row.signal, "", clock.now(), {**row.evidence, "voices": told})
            assert headline(claim) == "Almadía: a story that spreads fast: 40 accounts"
            assert STORY in told[0]["text"]


async def test_beside_an_alert_as_grave_it_is_not_told_a_second_time(
    core: Core, clock: MovableClock, cast: Cast, say: Said
) -> None:
    await say(*angry(core, 90, every=0.1))
    clock.forward(minutes=1)
    assert await Arrivals().look(core) == 1
    await tick(core)
    assert {alert.signal for alert in await alerts(core)} >= {"volume"}
    assert "terms" not in {alert.signal for alert in await alerts(core)}


async def test_a_look_by_another_worker_that_takes_over_finds_the_same(
    core: Core, clock: MovableClock, say: Said
) -> None:
    await say(*angry(core, 9))
    clock.forward(seconds=20)
    rows = []
    for _ in range(2):
        assert await Arrivals().look(core) == 1
        async with core.database.read() as session:
            rows.append((await session.scalars(select(ArrivalSeen))).one().evidence)
    assert rows[0] == rows[1]


async def test_a_back_test_finds_the_same_in_the_stored_mentions(
    core: Core, clock: MovableClock, cast: Cast, say: Said
) -> None:
    await say(*angry(core, 9))
    clock.forward(seconds=20)
    await Arrivals().look(core)
    await tick(core)
    (live,) = [alert for alert in await alerts(core) if alert.signal == "terms"]
    clock.forward(minutes=EVERY)
    now = clock.now()
    choices = [Choice("as set", BALANCED), Choice("deaf", replace_(BALANCED, floor=10.0))]
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, cast.monitor_id)
        found = await backtest(session, monitor, choices, Known(), since=now - timedelta(days=1), until=now)
    assert found.arrivals_from is not None
    as_set, deaf = ([one for one in trial.alerts if one.family == "arrival"] for trial in found.trials)
    (raised,) = as_set
    assert not deaf
    assert (raised.signal, raised.level, raised.pages) == (live.signal, live.level, live.pages)
    assert raised.opened <= minute_of(live.opened_at) + EVERY
    assert raised.evidence["past"]["texts"] == live.evidence["past"]["texts"]
    assert raised.evidence["arrived"]["terms"][0]["term"] == "mildew"


async def test_a_back_test_finds_the_same_story_to_the_digit(
    core: Core, clock: MovableClock, cast: Cast, say: Said
) -> None:
    await say(*copies(core, 40, 40))
    clock.forward(seconds=20)
    await Arrivals().look(core)
    until = minute_of(clock.now()) + EVERY
    async with core.database.read() as session:
        seen = (await session.scalars(select(ArrivalSeen))).one()
        monitor = await session.get_one(Monitor, cast.monitor_id)
        past = await past_of(session, monitor, until - 16 * 1440, until, 0)
        given = await material(session, monitor, past, until - 120, 6)
    assert given is not None
    found = arrived(given, [BALANCED])[0][-1]
    same = ("observed", "expected", "score", "reason", "arrived", "thresholds")
    assert [found.evidence[name] for name in same] == [seen.evidence[name] for name in same]
    assert from_numbers(seen.evidence).items() <= seen.evidence.items()
    told = {**seen.inputs, "usual_negative": pytest.approx(seen.inputs["usual_negative"], abs=0.01)}
    assert asdict(found.inputs) == told, "the past may end an hour later"


async def test_the_fastest_story_of_each_day_is_found_for_many_hours_at_once(
    core: Core, cast: Cast, say: Said
) -> None:
    now = core.clock.now()
    hour = int(now.timestamp()) // 3600
    begin = now.replace(minute=0, second=0, microsecond=0)
    await say(
        draft(STORY, at=begin - timedelta(days=4), arrived_at=begin - timedelta(days=4), author="first")
    )
    for hours, accounts in ((1, 3), (5, 9), (27, 4), (30, 6), (31, 2), (80, 5)):
        at = begin - timedelta(hours=hours)
        told = [draft(f"RT @first: {STORY}", at=at, arrived_at=at, author=f"c{n}") for n in range(accounts)]
        await say(*told)
    asked = {hour: 4 * 1440, hour - 2: 3 * 1440, hour - 4: 2 * 1440 + 60, hour - 30: 1440, hour - 90: 0}
    async with core.database.read() as session:
        last = await last_id(session)
        found = await fastest_of(session, cast.monitor_id, asked, last)
        alone = {
            one: (await fastest_of(session, cast.monitor_id, {one: minutes}, last))[one]
            for one, minutes in asked.items()
        }
        assert await fastest_of(session, cast.monitor_id, {}, last) == {}
    assert found == alone
    assert found == {
        hour: (5, 0, 6, 9),
        hour - 2: (0, 6, 9),
        hour - 4: (6, 9),
        hour - 30: (2,),
        hour - 90: (),
    }


async def test_a_back_test_of_counts_alone_looks_for_no_words(core: Core, cast: Cast) -> None:
    now = core.clock.now()
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, cast.monitor_id)
        found = await backtest(
            session, monitor, [Choice("", BALANCED)], Known(), since=now - timedelta(days=1), until=now
        )
    assert found.arrivals_from is None
