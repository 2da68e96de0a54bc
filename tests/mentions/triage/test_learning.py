"""What people decide about labels is kept, teaches what comes later, and leaves with its author."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.mention import Mention
from mentions.privacy.erase import erase, forget_taught
from mentions.source import Source
from mentions.taught import export
from mentions.triage import learning
from mentions.triage.decisions import Decision
from mentions.triage.learned import ENOUGH
from mentions.triage.learning import LabelModel, learn_due
from mentions.triage.raising import correct_label
from people.members import Member
from people.permissions import Viewer
from tests.mentions.makers import draft, make_all, put, viewer
from tocsin.commands import corrections as command

ASKED = "Renfe, el horario del domingo"
CALM = "Renfe sale del andén"


class House:
    """One brand that is talked about, and one who decides."""

    def __init__(self, core: Core, source: Source, viewer: Viewer) -> None:
        self.core, self.source, self.viewer = core, source, viewer

    async def hear(self, *texts: str, **values: object) -> Sequence[Mention]:
        """The mentions of these texts, as stored; the rules find nothing in them."""
        said = [draft(text, at=self.core.clock.now(), lang="es", **values) for text in texts]
        await put(self.core, self.source, *said)
        native = [one.native_id for one in said]
        async with self.core.database.read() as session:
            found = (await session.scalars(select(Mention).where(Mention.native_id.in_(native)))).all()
        return sorted(found, key=lambda one: native.index(one.native_id))

    async def decide(self, mentions: Sequence[Mention], label: str) -> None:
        async with self.core.database.unit_of_work() as session:
            for one in mentions:
                await correct_label(session, self.viewer, one.id, label=label, now=self.core.clock.now())

    async def kept(self) -> list[Decision]:
        async with self.core.database.read() as session:
            return [row async for row in export(session, Decision)]

    async def model(self) -> LabelModel | None:
        async with self.core.database.read() as session:
            return (await session.scalars(select(LabelModel))).one_or_none()

    async def teach(self) -> None:
        """People say often enough what such a text asks, among others that ask nothing."""
        await self.hear(*(f"{CALM} {at}" for at in range(2 * ENOUGH)))
        await self.decide(await self.hear(*(f"{ASKED} {at}" for at in range(ENOUGH + 1))), "question")
        assert await learn_due(self.core)

    def later(self, minutes: int) -> None:
        self.core.clock.set(self.core.clock.now() + timedelta(minutes=minutes))  # type: ignore[attr-defined]


@pytest.fixture
async def house(core: Core) -> House:
    brand, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        member = Member(
            organisation_id=brand.organisation_id, name="Marta", email="m@x.test", role="responder"
        )
        session.add(member)
    return House(core, source, replace(viewer(), member_id=member.id))


async def test_a_decision_is_kept_with_what_the_rules_said(house: House) -> None:
    (one,) = await house.hear("Renfe, gracias por todo", title="A bordo", author="ana")
    assert one.triage == "praise"
    await house.decide([one], "spam")
    await house.decide([one], "")
    (kept,) = await house.kept()
    assert (kept.text, kept.lang, kept.said, kept.label) == (
        "A bordo\nRenfe, gracias por todo",
        "es",
        "praise",
        "",
    )
    assert (kept.author, kept.mention_id, kept.member_id) == ("ana", one.id, house.viewer.member_id)
    assert (kept.source_id, kept.sentiment, kept.made_at) == (
        house.source.id,
        one.sentiment,
        house.core.clock.now(),
    )


async def test_later_texts_get_the_label_that_people_gave_and_say_why(house: House) -> None:
    await house.teach()
    asked, calm, threat = await house.hear(f"{ASKED}, ya", f"{CALM} ya", f"{ASKED}: mi abogado os llamará")
    assert (asked.triage, calm.triage, threat.triage) == ("question", "", "threat")
    assert asked.learned is not None
    assert asked.learned.split()[0] == str(ENOUGH + 1)
    assert set(asked.learned.split()[1:]) <= {"horario", "domingo", "del", "el"}
    assert (calm.learned, threat.learned) == (None, None)
    made = await house.model()
    assert made is not None
    assert (made.decisions, made.rules_right, made.learned_right) == (ENOUGH + 1, 0, ENOUGH + 1)
    assert (made.used, made.sampled, made.changed) == (True, 2 * ENOUGH, 0)


async def test_a_person_has_the_last_word_and_the_rules_word_is_kept_beside_it(house: House) -> None:
    await house.teach()
    (asked,) = await house.hear(f"{ASKED}, ya", native_id="asked")
    await house.decide([asked], "complaint")
    assert ((await house.kept())[-1].said, (await house.kept())[-1].label) == ("", "complaint")
    now = house.core.clock.now() + timedelta(minutes=1)
    edit = draft(f"{ASKED}, hoy", at=now, native_id="asked", revised_at=now)
    await put(house.core, house.source, edit)
    async with house.core.database.read() as session:
        found = await session.scalar(select(Mention).where(Mention.id == asked.id))
    assert found is not None
    assert (found.text, found.triage, found.learned) == (f"{ASKED}, hoy", "complaint", None)


async def test_an_edit_is_labelled_by_what_was_learned_too_and_an_erasure_takes_the_reason(
    house: House,
) -> None:
    await house.teach()
    (one,) = await house.hear(f"{CALM} ya", native_id="one", author="ana")
    now = house.core.clock.now() + timedelta(minutes=1)
    await put(house.core, house.source, draft(ASKED, at=now, native_id="one", lang="es", revised_at=now))
    async with house.core.database.unit_of_work() as session:
        found = await session.scalar(select(Mention).where(Mention.id == one.id))
        assert found is not None
        assert (found.triage, found.learned is None) == ("question", False)
        await erase(session, "ana")
        await session.refresh(found)
        assert (found.triage, found.learned) == ("question", None)


async def test_it_is_made_anew_when_decisions_changed_and_ten_minutes_have_passed(house: House) -> None:
    assert not await learn_due(house.core), "nobody has decided anything"
    await house.teach()
    house.later(30)
    assert not await learn_due(house.core), "nothing has changed"
    await house.decide(await house.hear("Renfe hoy"), "spam")
    assert await learn_due(house.core)
    await house.decide(await house.hear("Renfe mañana"), "spam")
    house.later(9)
    assert not await learn_due(house.core)
    house.later(1)
    assert await learn_due(house.core)
    made = await house.model()
    assert made is not None
    assert made.content["decided"] == {"question": ENOUGH + 1, "spam": 2}


async def test_what_is_no_better_than_the_rules_is_not_used(house: House) -> None:
    await house.decide(await house.hear(*(f"{CALM} {at}" for at in range(ENOUGH))), "")
    assert await learn_due(house.core)
    made = await house.model()
    assert made is not None
    assert (made.rules_right, made.learned_right, made.used) == (ENOUGH, ENOUGH, False)
    async with house.core.database.read() as session:
        assert await learning.current(session) is None


async def test_what_was_learned_does_not_teach_itself(house: House) -> None:
    await house.teach()
    await house.hear(*(f"{ASKED}, otra vez {at}" for at in range(10)))
    await house.decide(await house.hear("Renfe hoy"), "spam")
    house.later(10)
    await learn_due(house.core)
    made = await house.model()
    assert made is not None
    assert made.sampled == 2 * ENOUGH, "neither what people decided about nor what was learned from them"


async def test_an_erased_author_and_what_was_taken_back_leave_the_decisions(house: House) -> None:
    ana, pau = await house.hear("Renfe uno", author="Ana"), await house.hear("Renfe dos", author="pau")
    gone = await house.hear("Renfe tres", native_id="gone")
    await house.decide([*ana, *pau, *gone], "question")
    at = house.core.clock.now() + timedelta(minutes=1)
    await put(house.core, house.source, draft("", at=at, native_id="gone", deleted=True))
    async with house.core.database.unit_of_work() as session:
        assert await forget_taught(session, await erase(session, "ana"), "ana") == 1
    assert [row.author for row in await house.kept()] == ["pau"]


async def test_with_a_forgotten_text_goes_what_was_learned_of_it(house: House) -> None:
    await house.teach()
    house.later(1)
    async with house.core.database.read() as session:
        assert await learning.current(session) is not None
    async with house.core.database.unit_of_work() as session:
        await forget_taught(session, [(await house.kept())[0].mention_id])
    async with house.core.database.read() as session:
        assert await learning.current(session) is None
    assert not learning._KEPT, "nor does the process hold it"
    assert await learn_due(house.core), "without the usual wait"
    made = await house.model()
    assert made is not None
    assert made.decisions == ENOUGH


async def test_what_is_forgotten_while_it_is_learned_is_not_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.decide(await house.hear("Renfe hoy"), "spam")
    (kept,) = await house.kept()
    learning_in_a_thread = asyncio.to_thread

    async def forgotten_meanwhile(*work: Any) -> Any:
        async with house.core.database.unit_of_work() as session:
            await forget_taught(session, [kept.mention_id])
        return await learning_in_a_thread(*work)

    monkeypatch.setattr(asyncio, "to_thread", forgotten_meanwhile)
    assert not await learn_due(house.core)
    assert await house.model() is None


async def test_of_two_workers_one_learns(house: House) -> None:
    await house.decide(await house.hear("Renfe hoy"), "spam")
    assert sorted(await asyncio.gather(learn_due(house.core), learn_due(house.core))) == [0, 1]


async def test_decisions_leave_as_json_lines(house: House) -> None:
    await house.decide(await house.hear(ASKED), "question")
    async with house.core.database.read() as session:
        (line,) = [line async for line in command.lines(session, Decision)]
    assert line.startswith(f'{{"text": "{ASKED}", "lang": "es", "label": "question", "said": "", "by": ')
