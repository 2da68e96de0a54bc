"""A statement comes back twice: its writer sees what was asked for, and nobody reads what they know."""

from __future__ import annotations

import re

from runbooks.run import Step
from tests.stories.test_work_in_an_incident_is_told_by_mail import begin
from tests.web.cast import Browser as Pages
from tests.world import World

FIRST = "The ferry is late."
SECOND = "Our ferry is late."
THIRD = "Our ferry is late by two hours."


async def test_a_statement_that_two_of_the_house_return_one_after_the_other(world: World) -> None:
    incident, found = await begin(world)
    step: Step = found["holding_statement"]
    at = f"/steps/{step.id}"
    async with world.browser("nuria") as a, world.browser("helen") as b, world.browser("jon") as c:
        nuria, helen, jon = Pages(a.http), Pages(b.http), Pages(c.http)
        await nuria.done(f"{at}/statement", page=at, text=FIRST)
        await nuria.done(f"{at}/submit", page=at)
        decide = re.search(r'action="(/incidents/\d+/responses/\d+)/approve"', await helen.see(at))
        assert decide

        await helen.done(f"{decide[1]}/return", page=at, reason="Say whose ferry.")
        await nuria.done(f"{at}/statement", page=at, text=SECOND, version="1")
        hers = await nuria.see(at)
        assert hers.index("Say whose ferry.") < hers.index("<del>") < hers.index("<textarea")
        assert parts(hers) == (["The"], ["Our"])
        await nuria.done(f"{at}/submit", page=at)

        await jon.done(f"{decide[1]}/return", page=at, reason="Say how late.")
        await nuria.done(f"{at}/statement", page=at, text=THIRD, version="2")
        await nuria.done(f"{at}/submit", page=at)
        assert parts(await jon.see(at)) == (["late."], ["late by two hours."]), "since version 2, his own"
        since_first = parts(await helen.see(at))
        assert since_first == (["The", "late."], ["Our", "late by two hours."]), "she has not read version 2"
        assert parts(await helen.see(f"/incidents/{incident.id}")) == since_first
    await world.settle()
    world.mail.take_all()


def parts(html: str) -> tuple[list[str], list[str]]:
    """What went and what came, as it is shown."""
    spoken = re.sub(r'<span class="unseen">.*?</span>', "", html)
    went, came = (re.findall(f"<{tag}>(.*?)</{tag}>", spoken) for tag in ("del", "ins"))
    return [text.strip() for text in went], [text.strip() for text in came]
