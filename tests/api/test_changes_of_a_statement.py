"""What changed since the last decision: for whoever of the house reads the statement, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from api.context import Context
from api.live import Hub
from api.schema import schema
from kit.core import Core
from people.permissions import Viewer
from runbooks import statements
from tests.incident.cast import Cast, enter
from tests.runbooks.runs import begin, do, response_of, statement

ASKED = "response { version decidedVersion changes { text change } }"
KEY = "holding_statement"


async def seen(core: Core, viewer: Viewer | None, step_id: int) -> Any:
    """The step's statement as the viewer gets it; None when there is no such step for them."""
    answer = await schema.execute(
        f'{{ step(id: "{step_id}") {{ {ASKED} }} }}',
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


async def test_what_was_handed_in_again_is_compared_with_what_was_returned(core: Core) -> None:
    cast = await enter(core)
    step_id = await handed_in_again(core, cast, "We know of the delay.")
    expected = {
        "version": 2,
        "decidedVersion": 1,
        "changes": [
            {"text": "We know of ", "change": "same"},
            {"text": "it.", "change": "removed"},
            {"text": "the delay.", "change": "added"},
        ],
    }
    for viewer in (cast.rosa, cast.bruno, cast.emma):
        assert await seen(core, viewer, step_id) == expected


async def test_a_partner_sees_its_text_and_not_what_was_taken_out_of_it(core: Core) -> None:
    """A step goes from one agency to another: what the house struck out is not for the second one."""
    cast = await enter(core)
    step_id = await handed_in_again(core, cast, "We know of the delay.")
    assert await seen(core, cast.pau, step_id) == {"version": 2, "decidedVersion": 1, "changes": None}
    assert await seen(core, cast.rita, step_id) is None
    assert await seen(core, None, step_id) is None


@pytest.mark.parametrize("state", ["draft", "submitted"])
async def test_before_the_first_decision_there_is_nothing_to_compare_with(core: Core, state: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await statement(core, cast.pau, found[KEY].id, state, cast.rosa)
    assert await seen(core, cast.rosa, found[KEY].id) == {
        "version": 1,
        "decidedVersion": None,
        "changes": None,
    }


async def test_of_several_decisions_the_last_one_counts(core: Core) -> None:
    cast = await enter(core)
    step_id, now = await handed_in_again(core, cast, "We know of the delay."), core.clock.now()
    key = (await response_of(core, step_id)).id
    for version, reason in ((2, "Say whose."), (3, "Say where.")):
        await do(core, lambda s, v=version: statements.approve(s, cast.rosa, key, version=v, now=now))
        await do(core, lambda s, r=reason: statements.return_(s, cast.bruno, key, reason=r, now=now))
        text = f"We know of the delay, {version}."
        await do(
            core,
            lambda s, v=version, t=text: statements.draft(s, cast.pau, step_id, text=t, version=v, now=now),
        )
        await do(core, lambda s: statements.submit(s, cast.pau, step_id, now=now))
    found = await seen(core, cast.rosa, step_id)
    assert (found["version"], found["decidedVersion"]) == (4, 3)
    assert [(part["text"], part["change"]) for part in found["changes"]] == [
        ("We know of the delay, ", "same"),
        ("2.", "removed"),
        ("3.", "added"),
    ]
