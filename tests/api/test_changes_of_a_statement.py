"""What changed since a decision: for who decided, for who writes, and for no agency that had not the text."""

from __future__ import annotations

from typing import Any

import pytest

from api.context import Context
from api.live import Hub
from api.schema import schema
from kit.core import Core
from people.permissions import Viewer
from runbooks import statements, steps
from tests.incident.cast import Cast, enter
from tests.runbooks.runs import begin, do, response_of, statement

ASKED = """response {
    version comparedWith { version verdict reason decidedBy { name } } changes { text change }
}"""
KEY = "holding_statement"


async def seen(core: Core, viewer: Viewer | None, step_id: int, asked: str = ASKED) -> Any:
    """The step's statement as the viewer gets it; None when there is no such step for them."""
    answer = await schema.execute(
        f'{{ step(id: "{step_id}") {{ {asked} }} }}',
        context_value=Context(core, Hub(core.bell), viewer=viewer),
    )
    return answer.data["step"]["response"] if answer.data and answer.data["step"] else None


async def handed_in_again(core: Core, cast: Cast, text: str) -> int:
    """A statement of the agency that Rosa returned, rewritten and handed in; the step's id."""
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.pau, step_id, "returned", cast.rosa)
    await do(
        core, lambda s: statements.draft(s, cast.pau, step_id, text=text, version=response.version, now=now)
    )
    await do(core, lambda s: statements.submit(s, cast.pau, step_id, now=now))
    return step_id


CHANGED = [
    {"text": "We know of ", "change": "same"},
    {"text": "it.", "change": "removed"},
    {"text": "the delay.", "change": "added"},
]


def returned(version: int, by: str, reason: str) -> dict[str, Any]:
    return {"version": version, "verdict": "returned", "reason": reason, "decidedBy": {"name": by}}


async def test_what_was_handed_in_again_is_compared_with_what_was_returned(core: Core) -> None:
    cast = await enter(core)
    step_id = await handed_in_again(core, cast, "We know of the delay.")
    expected = {"version": 2, "comparedWith": returned(1, "Rosa", "Shorter."), "changes": CHANGED}
    for viewer in (cast.rosa, cast.bruno, cast.emma, cast.pau, cast.pia):
        assert await seen(core, viewer, step_id) == expected


async def test_an_agency_that_gets_the_step_later_reads_the_text_and_not_the_one_before(core: Core) -> None:
    """What the house struck out of the first one's work is not for the second one."""
    cast = await enter(core)
    step_id, now = await handed_in_again(core, cast, "We know of the delay."), core.clock.now()
    assert await seen(core, cast.rita, step_id) is None
    assert await seen(core, None, step_id) is None
    await do(core, lambda s: steps.reassign(s, cast.rosa, step_id, organisation_id=cast.rival_id, now=now))
    assert await seen(core, cast.pau, step_id) is None
    assert await seen(core, cast.rita, step_id) == {"version": 2, "comparedWith": None, "changes": None}
    key = (await response_of(core, step_id)).id
    await do(core, lambda s: statements.return_(s, cast.bruno, key, reason="Whose?", now=now))
    hers = await seen(core, cast.rita, step_id)
    assert hers["comparedWith"] == returned(2, "Bruno", "Whose?")
    assert hers["changes"] == [{"text": "We know of the delay.", "change": "same"}]


async def test_an_agency_does_not_read_why_another_ones_work_came_back(core: Core) -> None:
    async def why(viewer: Viewer) -> Any:
        return (await seen(core, viewer, step_id, "response { returnReason }"))["returnReason"]

    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found[KEY].id, core.clock.now()
    response = await statement(core, cast.pau, step_id, "returned", cast.rosa)
    assert await why(cast.pau) == "Shorter."
    await do(core, lambda s: steps.reassign(s, cast.rosa, step_id, organisation_id=cast.rival_id, now=now))
    assert (await why(cast.rita), await why(cast.rosa)) == (None, "Shorter.")
    text, version = "We know.", response.version
    await do(core, lambda s: statements.draft(s, cast.rita, step_id, text=text, version=version, now=now))
    await do(core, lambda s: statements.submit(s, cast.rita, step_id, now=now))
    assert (await why(cast.rita), await why(cast.rosa)) == (None, "Shorter.")
    await do(core, lambda s: statements.return_(s, cast.rosa, response.id, reason="Longer.", now=now))
    assert await why(cast.rita) == "Longer."


@pytest.mark.parametrize("state", ["draft", "submitted"])
async def test_before_the_first_decision_there_is_nothing_to_compare_with(core: Core, state: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await statement(core, cast.pau, found[KEY].id, state, cast.rosa)
    assert await seen(core, cast.rosa, found[KEY].id) == {
        "version": 1,
        "comparedWith": None,
        "changes": None,
    }


async def test_each_who_decides_compares_with_what_they_decided_on_themselves(core: Core) -> None:
    """Rosa returns version 1 and approves version 2, Bruno takes that back; Ada has read none of them."""
    cast = await enter(core)
    step_id, now = await handed_in_again(core, cast, "We know of the delay."), core.clock.now()
    key = (await response_of(core, step_id)).id
    await do(core, lambda s: statements.approve(s, cast.rosa, key, version=2, now=now))
    await do(core, lambda s: statements.return_(s, cast.bruno, key, reason="Say whose.", now=now))
    await rewrite(core, cast, step_id, "We know of our delay.", 2)
    await do(core, lambda s: statements.return_(s, cast.bruno, key, reason="Say where.", now=now))
    await rewrite(core, cast, step_id, "We know of our delay off Palma.", 3)
    expected = {
        "rosa": (2, "approved", None, "We know of the delay."),
        "bruno": (3, "returned", "Say where.", "We know of our delay."),
        "ada": (3, "returned", "Say where.", "We know of our delay."),
        "pau": (3, "returned", "Say where.", "We know of our delay."),
    }
    for name, (version, verdict, reason, before) in expected.items():
        found = await seen(core, getattr(cast, name), step_id)
        read = found["comparedWith"]
        assert (read["version"], read["verdict"], read["reason"]) == (version, verdict, reason), name
        old = "".join(part["text"] for part in found["changes"] if part["change"] != "added")
        new = "".join(part["text"] for part in found["changes"] if part["change"] != "removed")
        assert (old, new) == (before, "We know of our delay off Palma."), name


async def rewrite(core: Core, cast: Cast, step_id: int, text: str, version: int) -> None:
    """By the agency, which then hands it in."""
    now = core.clock.now()
    await do(core, lambda s: statements.draft(s, cast.pau, step_id, text=text, version=version, now=now))
    await do(core, lambda s: statements.submit(s, cast.pau, step_id, now=now))
