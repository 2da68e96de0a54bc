"""Letters go out once, are tried for hours when they cannot, and none holds up another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from alerts.paging.outbox import LOST_AFTER, PUT_OFF, RETRY_AFTER
from kit.core import Core
from people.letters import Letter, Paper, Section, write
from people.members import Member
from people.organisations import Organisation
from runbooks.outgoing import LETTERS
from tests.alerts.cast import Cast, change, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox


def paper(subject: str) -> Paper:
    return Paper("en", subject, [Section("", ["“Never again”, they said."])], "Open it", "/cases/7")


async def written(core: Core, cast: Cast, *subjects: str) -> None:
    async with core.database.unit_of_work() as session:
        for subject in subjects:
            await write(
                session, paper(subject), key=subject, now=core.clock.now(), member_id=cast.ada.member_id
            )


async def letter(core: Core, key: str) -> Letter:
    async with core.database.read() as session:
        return (await session.scalars(select(Letter).where(Letter.key == key))).one()


async def test_it_is_sent_once_and_its_words_are_not_kept(core: Core) -> None:
    cast = await make_cast(core)
    await written(core, cast, "Once", "Once")
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        assert [await LETTERS.send_due(world) for _ in range(2)] == [1, 0]
        await mailbox.expect(to="ada@almadia.test", subject="Once")
    sent = await letter(core, "Once")
    assert (sent.state, sent.paper) == ("sent", {})


async def test_two_workers_at_once_send_each_once(core: Core) -> None:
    cast = await make_cast(core)
    subjects = [f"Letter {number}" for number in range(12)]
    await written(core, cast, *subjects)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        assert sum(await asyncio.gather(*(LETTERS.send_due(world) for _ in range(3)))) == len(subjects)
        assert sorted(str(mail["Subject"]) for mail in mailbox.take_all()) == sorted(subjects)


async def test_one_that_cannot_be_read_is_put_off_and_holds_up_no_other(core: Core) -> None:
    cast = await make_cast(core)
    await written(core, cast, "Torn", "Whole")
    async with core.database.unit_of_work() as session:
        await session.execute(update(Letter).where(Letter.key == "Torn").values(paper={"sections": 3}))
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        assert [await LETTERS.send_due(world) for _ in range(2)] == [2, 0]
        await mailbox.expect(to="ada@almadia.test", subject="Whole")
    torn = await letter(core, "Torn")
    assert (torn.state, torn.due_at) == ("due", core.clock.now() + PUT_OFF)
    assert "error of ours" in str(torn.error)


async def test_nobody_is_there_to_read_it(core: Core) -> None:
    cast = await make_cast(core)
    await written(core, cast, "For whom")
    await change(core, Member, cast.ada.member_id, active=False)
    assert await LETTERS.send_due(core) == 1
    left = await letter(core, "For whom")
    assert (left.state, left.error) == ("failed", "There is no address to send it to.")


async def test_a_partner_whose_agreement_ended_while_it_waited_does_not_get_it(
    core: Core, clock: MovableClock
) -> None:
    cast, today = await make_cast(core), clock.now().date()
    await change(core, Organisation, cast.pia.organisation_id, nda_expires_on=today)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        for subject, days in (("On its last day", 0), ("The day after", 1)):
            async with core.database.unit_of_work() as session:
                to, now = cast.pia.member_id, clock.now()
                await write(session, paper(subject), key=subject, now=now, member_id=to)
            clock.forward(days=days)
            assert await LETTERS.send_due(world) == 1
        await mailbox.expect(to="pia@almadia.test", subject="On its last day")
        mailbox.nothing()
    left = await letter(core, "The day after")
    assert (left.state, left.error) == ("failed", "Pia of Agency has no access any more.")


async def test_it_is_tried_for_hours_and_then_fails_with_the_reason(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    await written(core, cast, "Late")
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        mailbox.data_reply = "451 later"
        for minutes in (*RETRY_AFTER, 0):
            assert [await LETTERS.send_due(world) for _ in range(2)] == [1, 0]
            clock.forward(minutes=minutes)
    failed = await letter(core, "Late")
    assert (failed.state, failed.attempts) == ("failed", len(RETRY_AFTER) + 1)
    assert "later" in str(failed.error)


async def test_an_attempt_that_was_cut_off_is_made_again(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    await written(core, cast, "Cut off")
    taken = {"state": "sending", "attempts": 1, "due_at": clock.now() + LOST_AFTER}
    async with core.database.unit_of_work() as session:
        await session.execute(update(Letter).values(taken))
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        clock.forward(seconds=(LOST_AFTER - timedelta(seconds=1)).total_seconds())
        assert await LETTERS.send_due(world) == 0
        clock.forward(seconds=1)
        assert await LETTERS.send_due(world) == 1
        await mailbox.expect(to="ada@almadia.test", subject="Cut off")
