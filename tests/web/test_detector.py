"""Setting a monitor's detector on its page, without JavaScript."""

from __future__ import annotations

import re

from tests.world import World


async def test_a_detector_is_set_refused_and_its_history_read(world: World) -> None:
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/monitors/1")).text
        assert "How improbable so many mentions must be" in page
        words = " ".join(re.sub("<[^>]+>", " ", page).split())
        assert (
            "Needed Fewer Balanced More How sure (score) 22 14 10 How many times the usual 3.5 2.5 2" in words
        )
        assert "Red from" not in words
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": csrf, "version": "0", "preset": "more", "alarmsAWeek": "", "persistMinutes": ""}
        at = "/monitors/1/detector"
        for wrong, said in (
            ({"number-score": "0"}, "between 3 and 100"),
            ({"number-score": "many"}, "is not a number"),
            ({"number-nonsense": "3"}, "is no number of the detector"),
            ({"persistMinutes": "-3"}, "is not a whole number"),
            ({"alarmsAWeek": "500"}, "Between 0.25 and 10 a week"),
            ({"preset": "all of them"}, "Choose one of"),
        ):
            refused = await helen.http.post(at, data={**form, "number-floor": "7", **wrong})
            assert refused.status_code == 422, wrong
            assert said in refused.text
            assert 'value="7"' in refused.text, "what was typed is still there"
        done = await helen.http.post(
            at, data={**form, "number-ratio": "2,25", "persistMinutes": "4", "alarmsAWeek": "1.5"}
        )
        assert done.status_code == 303
        page = (await helen.http.get("/monitors/1")).text
        assert 'value="2.25"' in page
        assert "1.5 alarms a week are asked for" in page
        assert "set its detector" in page
        assert (await helen.http.post(at, data=form)).status_code == 409
    async with world.browser("andreu") as executive:
        page = (await executive.http.get("/monitors/1")).text
        assert "<fieldset" in page
        assert "disabled" in page
        assert "Fixa-ho així" not in page
