"""The rota's pages without JavaScript: what people do there is done, and what they may not is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kit.core import Core
from tests.web.cast import Cast
from web.weeks import days_ahead, weeks

MADRID = ZoneInfo("Europe/Madrid")
LAYER = {
    "name": "Nights",
    "every": "12",
    "unit": "hours",
    "startsOn": "2026-03-09",
    "endsOn": "",
    "handover": "20:00",
    "timeZone": "",
    "windows": "mon-sun 20:00-08:00",
}


async def test_the_weeks_name_people_gaps_and_those_who_are_away(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as marta:
        await marta.done("/rota/holidays", firstDay="2026-03-14", lastDay="2026-03-14", note="A wedding")
        page = await marta.see("/rota/1")
        mine = await marta.see("/rota/me")
    assert "absent: Marta Vidal" in page
    assert "Buit" in page, "nobody stands in at night"
    assert "Claire Roussel" in page or "Helen Marsh" in page
    assert "A wedding" in mine
    async with cast.browser("jon") as jon:
        assert "A wedding" not in await jon.see("/rota/me"), "the note is hers"


async def test_an_admin_edits_layers_and_an_older_form_is_refused(core: Core) -> None:
    cast = await Cast.assemble(core)
    claire = str((await cast.member("claire")).id)
    async with cast.browser("helen") as helen:
        at = "/rota/2/layers"
        await helen.done(at, page="/rota/2/edit", version="0", participant0=claire, **LAYER)
        page = await helen.see("/rota/2")
        assert "Nights" in page
        assert "Mon–Sun 20:00–08:00" in page
        stale = await helen.send(at, page="/rota/2/edit", version="0", participant0=claire, **LAYER)
        assert stale.status_code == 409
        assert "Somebody has edited this schedule" in stale.text
        bad = await helen.send(at, version="1", participant0=claire, **{**LAYER, "windows": "sometimes"})
        assert bad.status_code == 422
        assert "sometimes" in bad.text
        assert 'value="Nights"' in bad.text, "what was typed is still there"
    async with cast.browser("marta") as marta:
        assert (await marta.send(at, version="1", participant0=claire, **LAYER)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"startsAt": "", "endsAt": "2026-03-12T07:00"}, 422, "Dona un dia i una hora."),
        ({"startsAt": "2026-03-12T07:00", "endsAt": "2026-03-11T07:00"}, 422, "ha de venir després"),
        ({"startsAt": "2026-03-01T07:00", "endsAt": "2026-03-02T07:00"}, 422, "ja ha passat"),
        ({"startsAt": "2026-03-11T07:00", "endsAt": "2026-09-11T07:00"}, 422, "Són més de"),
        ({"startsAt": "9999-12-31T23:59", "endsAt": "9999-12-31T23:59"}, 422, "ha de venir després"),
        ({"startsAt": "2026-03-17T07:00", "endsAt": "2026-03-18T07:00"}, 422, "Llavors no estàs de guàrdia"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused_with_what_was_typed(
    core: Core, fields: dict[str, str], status: int, words: str
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as marta:
        answer = await marta.send("/rota/2/covers", **fields, note="My wedding")
    assert answer.status_code == status
    assert words in answer.text
    assert "My wedding" in answer.text


async def test_only_an_admin_puts_others_on_call(core: Core) -> None:
    cast = await Cast.assemble(core)
    jon = str((await cast.member("jon")).id)
    times = {"startsAt": "2026-03-11T20:00", "endsAt": "2026-03-12T08:00", "kind": "instead"}
    async with cast.browser("marta") as marta:
        answer = await marta.send("/rota/2/overrides", member=jon, **times)
        assert answer.status_code == 403
    async with cast.browser("jon") as browser:
        await browser.done("/rota/2/overrides", member=jon, **times)
        assert "Jon Etxarri en lugar de quien esté de guardia" in await browser.see("/rota/2")
        await browser.done("/rota/overrides/1/remove")
        assert "Jon Etxarri en lugar de" not in await browser.see("/rota/2")


def test_days_are_cut_at_the_readers_midnights_and_weeks_begin_on_monday() -> None:
    stretch = {
        "startsAt": "2026-03-28T23:00:00+00:00",
        "endsAt": "2026-04-05T22:00:00+00:00",
        "gap": False,
        "planned": True,
        "people": [{"id": "7", "name": "Jon"}],
        "away": [],
    }
    now = datetime(2026, 3, 29, 12, tzinfo=UTC)
    found = days_ahead([stretch], MADRID, now, 9)
    assert [len(day.pieces) for day in found] == [1, 1, 1, 1, 1, 1, 1, 1, 0]
    assert all(day.pieces[0].whole for day in found[:8]), "also the day of 23 hours"
    rows = weeks([stretch], MADRID, now, 9)
    assert [row[0].date.weekday() for row in rows] == [0, 0, 0]
    assert [day.today for row in rows for day in row].index(True) == 6
