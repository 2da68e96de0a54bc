"""An agency's people choose in which language, and by which clock, they read: and get nowhere else by it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select

from incident import lifecycle
from people.members import Member
from runbooks.start import start_due_runs
from tests.incident.cast import steps_by_key
from tests.runbooks.runs import do
from tests.web.cast import Browser as Pages
from tests.world import World

ISLAND = ZoneInfo("America/Martinique")


async def reading(world: World) -> dict[str, tuple[str, str]]:
    """Everybody's language and zone, by mail address."""
    async with world.core.database.read() as session:
        rows = await session.execute(select(Member.email, Member.language, Member.time_zone))
        return {email: (language, zone) for email, language, zone in rows}


async def test_a_copywriter_on_an_island_is_written_to_in_french_by_its_clock(world: World) -> None:
    before = await reading(world)
    async with world.browser("nuria") as hers:
        nuria = Pages(hers.http)
        desk = await nuria.see("/desk")
        assert 'lang="ca"' in desk
        assert 'href="/me"' in desk, "the way there is on every page"
        wrong = await nuria.send("/me/reading", page="/me", language="fr", timeZone="Europe/Nowhere")
        assert wrong.status_code == 422
        assert "Europe/Nowhere" in wrong.text, "what was typed is not lost"
        assert '<option value="fr" lang="fr" selected>' in wrong.text
        assert await reading(world) == before
        await nuria.done("/me/reading", page="/me", language="fr", timeZone=ISLAND.key)
        assert 'lang="fr"' in await nuria.see("/desk")
    assert await reading(world) == before | {"nuria@gavina.example": ("fr", ISLAND.key)}

    marta, now = await world.viewer("marta"), world.clock.now()
    incident = await do(
        world.core,
        lambda s: lifecycle.declare(
            s, marta, brand_id=1, title="Ferry stuck", type="complaint_wave", severity="amber", now=now
        ),
    )
    await start_due_runs(world.core)
    await world.settle()
    step = (await steps_by_key(world.core, incident.id))["holding_statement"]
    mail = await world.mail.expect(to="nuria@gavina.example", subject=f"Une étape pour vous : {step.title}")
    assert f"{step.due_at.astimezone(ISLAND):%H:%M})" in mail.as_string()
    world.mail.take_all()  # the house's
