"""The second look: in an incident a better model's word replaces the first one's, never a person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.audit.look import Finding, findings
from incident.incident import Incident
from incident.rescoring import rescore_open
from kit.core import Core
from mentions.mention import Mention
from mentions.sentiment import Scorer, Sentiment, corrections, rescore
from mentions.source import Source
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, put, viewer

ANGRY = Sentiment("negative", -0.6, 0.7)


class Stern(Scorer):
    """A model to which everything is bad news."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        return [ANGRY] * len(texts)


async def in_crisis(core: Core, **changes: object) -> Source:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    given = {"state": "open", "drill": False, "detected_at": now - timedelta(minutes=1), **changes}
    async with core.database.unit_of_work() as session:
        session.add(
            Incident(brand_id=brand.id, title="Late", type="other", severity="red", opened_at=now, **given)
        )
        session.add(
            Member(organisation_id=brand.organisation_id, name="Marta", email="m@x.test", role="responder")
        )
    return source


async def mentions(core: Core) -> list[Mention]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Mention).order_by(Mention.id)))


async def hear(core: Core, source: Source, *texts: str) -> None:
    await put(core, source, *(draft(text, at=core.clock.now(), lang="es") for text in texts))


async def test_the_better_models_word_counts(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias", "Renfe: la reunión es el martes")
    assert await rescore_open(core, Stern()) == 2
    assert [(one.sentiment, one.score, one.confidence) for one in await mentions(core)] == [ANGRY] * 2
    assert list((await counted(core)).values()) == [(2, 2, 0)]


async def test_each_mention_is_looked_at_once(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias")
    assert [await rescore_open(core, Stern()) for _ in range(2)] == [1, 0]
    await hear(core, source, "Renfe, mil gracias")
    assert await rescore_open(core, Stern()) == 1


async def test_a_persons_word_stands(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias")
    (one,) = await mentions(core)
    async with core.database.unit_of_work() as session:
        member = (await session.scalars(select(Member.id))).one()
        marta = replace(viewer(), member_id=member)
        await corrections.correct(session, marta, one.id, "positive", now=core.clock.now())
    await hear(core, source, "RT @ana: Renfe, muchas gracias")
    await rescore_open(core, Stern())
    assert [one.sentiment for one in await mentions(core)] == ["positive", "positive"]
    assert list((await counted(core)).values()) == [(2, 0, 2)]


async def test_what_changed_in_the_meantime_stays(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias")
    (one,) = await mentions(core)
    async with core.database.unit_of_work() as session:
        assert await rescore.record(session, {one.id: ("an older text", ANGRY), 999: ("gone", ANGRY)}) == 0
    assert (await mentions(core))[0].sentiment == one.sentiment


@pytest.mark.parametrize("changes", [{"drill": True}, {"state": "resolved"}])
async def test_no_open_incident_no_second_look(core: Core, changes: dict[str, object]) -> None:
    source = await in_crisis(core, **changes)
    await hear(core, source, "Renfe, muchas gracias")
    assert await rescore_open(core, Stern()) == 0


class Sick(Stern):
    """A model that a word makes fail."""

    word = "gracias"

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        if any(self.word in text for text in texts):
            raise MemoryError
        return super().score(texts, langs)


async def test_a_text_on_which_the_model_fails_keeps_its_first_judgement(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias", "Renfe: la reunión es el martes")
    assert [await rescore_open(core, Sick()) for _ in range(2)] == [2, 0]
    found = {one.text: one.sentiment for one in await mentions(core)}
    assert found == {"Renfe, muchas gracias": "positive", "Renfe: la reunión es el martes": "negative"}
    assert list((await counted(core)).values()) == [(2, 1, 1)]


async def test_while_the_model_fails_nothing_is_passed_over_and_it_is_told(
    core: Core, clock: MovableClock
) -> None:
    core = replace(core, settings=replace(core.settings, accurate=True))
    source, since, sick = await in_crisis(core), clock.now(), Sick()
    await hear(core, source, "Renfe, muchas gracias", "Renfe, mil gracias")
    assert await rescore_open(core, sick) == 0
    assert [one.sentiment for one in await mentions(core)] == ["positive"] * 2
    clock.forward(minutes=1)
    assert await rescore_open(core, sick) == 0
    assert Finding("accurate_fails", 1, since) in await findings(core)
    sick.word = "nothing of this"
    assert await rescore_open(core, sick) == 2
    assert [one.sentiment for one in await mentions(core)] == ["negative"] * 2
    assert "accurate_fails" not in {one.kind for one in await findings(core)}


async def test_two_workers_do_not_do_the_same(core: Core) -> None:
    source = await in_crisis(core)
    await hear(core, source, "Renfe, muchas gracias")
    await core.bell.redis.set("tocsin:accurate:lock", b"1")
    assert await rescore_open(core, Stern()) == 0
