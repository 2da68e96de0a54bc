"""Statements: the agency writes, other eyes in the house approve the version that they read, then publish."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from incident import access, responses
from incident.response import Response
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid
from people.permissions import Viewer
from runbooks import statements, steps
from runbooks.run import Step
from tests.incident.cast import change, enter, kinds
from tests.runbooks.runs import begin, do, outcome, response_of, statement, step

KEY = "holding_statement"
STATES = ["draft", "submitted", "returned", "approved", "published"]
STEP_STATES = {
    "draft": "todo",
    "submitted": "awaiting_approval",
    "returned": "todo",
    "approved": "awaiting_approval",
    "published": "done",
}
Act = Callable[[Any, Viewer, int, int, Any], Awaitable[Any]]
ACTS: dict[str, Act] = {
    "edit": lambda s, v, i, r, now: statements.draft(s, v, i, text="Better.", version=1, now=now),
    "submit": lambda s, v, i, r, now: statements.submit(s, v, i, now=now),
    "approve": lambda s, v, i, r, now: statements.approve(s, v, r, version=1, now=now),
    "return": lambda s, v, i, r, now: statements.return_(s, v, r, reason="No.", now=now),
    "publish": lambda s, v, i, r, now: statements.publish(s, v, r, url="https://example.org/1", now=now),
}
ALLOWED = {
    ("draft", "edit"), ("draft", "submit"), ("returned", "edit"), ("returned", "submit"),
    ("submitted", "approve"), ("submitted", "return"), ("approved", "publish"), ("approved", "return"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
async def test_every_role_and_act_in_every_state(core: Core, state: str) -> None:
    """The agency writes and decides nothing; its rival sees nothing; executives read."""
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id = found[KEY].id
    response = await statement(core, cast.pau, step_id, state, cast.rosa)
    assert (response.state, (await step(core, step_id)).state) == (state, STEP_STATES[state])

    def press(action: str, viewer: Viewer) -> Awaitable[str]:
        act = ACTS[action]
        return outcome(core, lambda s: act(s, viewer, step_id, response.id, core.clock.now()))

    for action in ACTS:
        assert await press(action, cast.rita) == "NotFound", action
        assert await press(action, cast.emma) == "Forbidden", action
        allowed = "done" if (state, action) in ALLOWED else "Conflict"
        if action not in ("edit", "submit"):
            assert await press(action, cast.pau) == "NotFound", action
        actor = cast.pia if action in ("edit", "submit") else cast.bruno
        assert await press(action, actor) == allowed, action
        await change(core, Response, response.id, state=state, version=1)
        await change(core, Step, step_id, state=STEP_STATES[state])


async def test_from_the_agencys_draft_to_the_published_statement(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    await statement(core, cast.pau, step_id, "approved", cast.rosa)
    response = await response_of(core, step_id)
    link = "https://example.org/news/1"
    await do(core, lambda s: statements.publish(s, cast.bruno, response.id, url=link, now=now))
    response, row = await response_of(core, step_id), await step(core, step_id)
    assert (response.author_id, response.approved_by, response.published_by) == (
        cast.pau.member_id,
        cast.rosa.member_id,
        cast.bruno.member_id,
    )
    assert (response.published_url, response.published_at) == (link, now)
    assert (row.state, row.approved_by, row.completed_by) == (
        "done",
        cast.rosa.member_id,
        cast.bruno.member_id,
    )
    told = [kind for kind in await kinds(core) if kind.startswith("response")]
    assert told == ["response.drafted", "response.submitted", "response.approved", "response.published"]


@pytest.mark.parametrize("writes", ["drafts", "edits"])
async def test_nobody_who_wrote_a_word_of_it_approves_it(core: Core, writes: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    first, second = (cast.rosa, cast.pau) if writes == "drafts" else (cast.pau, cast.rosa)
    await do(core, lambda s: statements.draft(s, first, step_id, text="One.", now=now))
    await do(core, lambda s: statements.draft(s, second, step_id, text="Two.", version=1, now=now))
    await do(core, lambda s: statements.submit(s, cast.pau, step_id, now=now))
    response = await response_of(core, step_id)
    with pytest.raises(Forbidden, match="somebody else must read it"):
        await do(core, lambda s: statements.approve(s, cast.rosa, response.id, version=2, now=now))
    await do(core, lambda s: statements.approve(s, cast.bruno, response.id, version=2, now=now))


async def test_only_the_version_that_was_read_is_approved(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.pau, step_id, "returned", cast.rosa)
    await do(core, lambda s: statements.draft(s, cast.pia, step_id, text="Two.", version=1, now=now))
    await do(core, lambda s: statements.submit(s, cast.pia, step_id, now=now))
    for version in (0, 1, 3):
        with pytest.raises(Conflict, match="the text is at version 2"):
            await do(core, statements.approve, cast.rosa, response.id, version=version, now=now)
    await do(core, lambda s: statements.approve(s, cast.rosa, response.id, version=2, now=now))


async def test_an_approval_taken_back_must_be_given_anew(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.pau, step_id, "approved", cast.rosa)
    await do(core, lambda s: statements.return_(s, cast.bruno, response.id, reason="Wrong port.", now=now))
    response, row = await response_of(core, step_id), await step(core, step_id)
    assert (response.approved_by, response.return_reason, row.approved_by) == (None, "Wrong port.", None)
    assert row.state == "todo"
    late = await outcome(core, lambda s: statements.publish(s, cast.rosa, response.id, now=now))
    assert late == "Conflict"


async def test_a_writer_who_has_not_seen_the_text_overwrites_nothing(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    await do(core, lambda s: statements.draft(s, cast.pau, step_id, text="One.", now=now))
    for seen in (None, 0, 2):
        with pytest.raises(Conflict, match="Pau was first, at 02:55 UTC: Drafted the statement"):
            await do(core, statements.draft, cast.pia, step_id, text="Two.", version=seen, now=now)
    assert (await response_of(core, step_id)).text == "One."


async def test_malformed_texts(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    for text in ("", " \n ", "x" * 10_001, "a\x00", "\udc00"):
        drafted = outcome(core, statements.draft, cast.pau, step_id, text=text, now=now)
        assert await drafted == "Invalid", text[:20]


async def test_only_web_addresses_are_linked(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    response, now = await statement(core, cast.pau, found[KEY].id, "approved", cast.rosa), core.clock.now()
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://a b",
        "https://" + "x" * 2000,
    ):
        with pytest.raises(Invalid) as raised:
            await do(core, statements.publish, cast.rosa, response.id, url=url, now=now)
        assert raised.value.field == "url"


@pytest.mark.parametrize("action", ["edit", "submit", "approve", "return", "publish"])
async def test_of_two_at_once_one_succeeds(core: Core, action: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id = found[KEY].id
    before = {"edit": "draft", "submit": "draft", "approve": "submitted", "return": "submitted"}
    response = await statement(core, cast.pau, step_id, before.get(action, "approved"), cast.rosa)
    ready = asyncio.Barrier(2)

    async def race(viewer: Viewer) -> str:
        try:
            async with core.database.unit_of_work() as session:
                await access.get_response(session, viewer, response.id)
                await ready.wait()
                await ACTS[action](session, viewer, step_id, response.id, core.clock.now())
        except Conflict as conflict:
            return str(conflict)
        return viewer.name

    outcomes = await asyncio.gather(race(cast.bruno), race(cast.ada))
    winner = next(one for one in outcomes if one in ("Bruno", "Ada"))
    loser = next(one for one in outcomes if one != winner)
    assert f"{winner} was first" in loser


async def test_two_who_begin_at_once_begin_one_statement(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    now = core.clock.now()

    def begin_text(viewer: Viewer) -> Awaitable[str]:
        return outcome(core, lambda s: statements.draft(s, viewer, found[KEY].id, text=viewer.name, now=now))

    outcomes = await asyncio.gather(*map(begin_text, (cast.pau, cast.pia, cast.rosa)))
    assert sorted(outcomes) == ["Conflict", "Conflict", "done"]
    assert (await kinds(core)).count("response.drafted") == 1


async def test_there_is_nothing_to_submit_before_a_text_nor_to_write_on_a_task(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    now = core.clock.now()
    assert await outcome(core, lambda s: statements.submit(s, cast.pau, found[KEY].id, now=now)) == "Conflict"
    task = found["acknowledge"].id
    assert await outcome(core, lambda s: statements.submit(s, cast.rosa, task, now=now)) == "Invalid"
    assert await outcome(core, lambda s: statements.draft(s, cast.rosa, task, text="x", now=now)) == "Invalid"
    assert await outcome(core, lambda s: statements.draft(s, cast.pau, task, text="x", now=now)) == "NotFound"


async def test_a_text_whose_step_was_skipped_goes_nowhere(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.pau, step_id, "submitted", cast.rosa)
    await do(core, lambda s: steps.skip(s, cast.rosa, step_id, reason="Not needed.", now=now))
    with pytest.raises(Conflict, match="Rosa was first, at 02:55 UTC: Skipped the step"):
        await do(core, lambda s: statements.approve(s, cast.bruno, response.id, version=1, now=now))
    assert (await response_of(core, step_id)).state == "submitted"


async def test_a_text_goes_with_its_step_to_another_desk(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    await do(core, lambda s: statements.draft(s, cast.pau, step_id, text="One.", now=now))
    await do(core, lambda s: steps.reassign(s, cast.rosa, step_id, organisation_id=cast.rival_id, now=now))
    assert await outcome(core, lambda s: statements.submit(s, cast.pau, step_id, now=now)) == "NotFound"
    assert await outcome(core, lambda s: statements.submit(s, cast.rita, step_id, now=now)) == "done"


async def test_an_unknown_response(core: Core) -> None:
    cast = await enter(core)
    now = core.clock.now()
    assert (
        await outcome(core, lambda s: statements.approve(s, cast.rosa, 999, version=1, now=now)) == "NotFound"
    )


async def test_the_writers_are_told_apart_by_statement(core: Core) -> None:
    """Having written another statement of the incident does not bar from approving this one."""
    cast = await enter(core)
    _, found = await begin(core, cast)
    await statement(core, cast.rosa, found["daily_plan"].id, "draft", cast.bruno)
    response = await statement(core, cast.pau, found[KEY].id, "approved", cast.rosa)
    assert response.approved_by == cast.rosa.member_id


@pytest.mark.parametrize("state", STATES)
async def test_who_may_approve_is_told_as_it_is_decided(core: Core, state: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.rosa, step_id, state, cast.bruno)
    async with core.database.read() as session:
        writers = await responses.writers(session, response)
    for viewer in (cast.rosa, cast.pau, cast.emma, cast.bruno):  # who may comes last
        told = responses.may_approve(viewer, response.state, writers)
        tried = await outcome(core, statements.approve, viewer, response.id, version=1, now=now)
        assert told == (tried == "done") == (viewer is cast.bruno and state == "submitted")
