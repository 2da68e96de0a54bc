"""Campaigns at their pages, without JavaScript."""

from __future__ import annotations

from tests.world import World

FILE = b"title,start,end,lift\nFair,2026-03-20,2026-03-21,4\n"


async def test_a_campaign_is_announced_changed_imported_and_taken_back(world: World) -> None:
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/campaigns")).text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        form = {
            "csrf": csrf, "place": "brand:1", "title": "Summer <b>sale</b>",
            "startsAt": "2026-03-10T09:00", "endsAt": "2026-03-12T09:00", "lift": "3,5",
        }  # fmt: skip
        for wrong, said in (
            ({"endsAt": "2026-03-10T08:00"}, "must end after"),
            ({"lift": "0"}, "Expect 1 to 100"),
            ({"lift": ""}, "how many times the usual"),
            ({"startsAt": "soon"}, "Give a day and a time"),
            ({"place": "everything"}, "Choose whose campaign"),
            ({"place": "monitor:999/1"}, "not one of the brand"),
            ({"link": "javascript:alert(1)"}, "A web address begins with"),
            ({"contactId": "999"}, "nobody of the house"),
        ):
            refused = await helen.http.post("/campaigns", data={**form, **wrong})
            assert refused.status_code == 422, wrong
            assert said in refused.text
            assert "Summer &lt;b&gt;sale" in refused.text, "what was typed is still there"
        assert (await helen.http.post("/campaigns", data=form)).status_code == 303
        page = (await helen.http.get("/campaigns")).text
        assert "Summer &lt;b&gt;sale&lt;/b&gt;" in page
        assert "×3.5" in page
        assert "Summer" in (await helen.http.get("/monitors/1")).text
        assert 'value="2026-03-10T09:00"' in (await helen.http.get("/campaigns/1")).text
        change = {**form, "place": "monitor:1/1", "lift": "2", "version": "1"}
        assert (await helen.http.post("/campaigns/1", data=change)).status_code == 303
        assert (await helen.http.post("/campaigns/1", data=change)).status_code == 409
        gone = {"csrf": csrf, "version": "2"}
        assert (await helen.http.post("/campaigns/1/take-back", data=gone)).status_code == 303
        assert (await helen.http.get("/campaigns/1")).status_code == 404
        sent = {"csrf": csrf, "place": "brand:1", "lift": "3", "kind": "holiday"}
        bad = await helen.http.post(
            "/campaigns/import", data=sent, files={"file": ("a.ics", b"\xff\xfe\x00BEGIN")}
        )
        assert bad.status_code == 422
        assert "Nothing was imported" in bad.text
        done = await helen.http.post("/campaigns/import", data=sent, files={"file": ("a.csv", FILE)})
        assert done.status_code == 303
        page = (await helen.http.get(done.headers["location"])).text
        assert "Imported: 1 new" in page
        assert '<option value="holiday" selected>' in (await helen.http.get("/campaigns/2")).text
        assert (
            await helen.http.post("/campaigns/clocks/1", data={"csrf": csrf, "timeZone": "Europe/Madrid"})
        ).status_code == 303
        assert (
            await helen.http.post("/campaigns/clocks/1", data={"csrf": csrf, "timeZone": "Moon"})
        ).status_code == 422
        big = {"file": ("a.ics", b"x" * 2_600_000)}
        assert (await helen.http.post("/campaigns/import", data=sent, files=big)).status_code == 413
    async with world.browser("andreu") as executive:
        page = (await executive.http.get("/campaigns")).text
        assert "Fair" in page
        assert 'action="/campaigns"' not in page
    async with world.browser("nuria") as partner:
        assert (await partner.http.get("/campaigns")).status_code == 404


async def test_holidays_are_set_for_a_brand_and_for_a_monitor(world: World) -> None:
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/monitors/1")).text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        assert "No holidays are set" in page
        clock = {"csrf": csrf, "timeZone": "Europe/Madrid", "holidays": "es-ct, FR"}
        assert (await helen.http.post("/campaigns/clocks/1", data=clock)).status_code == 303
        page = (await helen.http.get("/monitors/1")).text
        assert "Viernes Santo" in page
        assert "(Spain (CT), France)" in page
        own = {"csrf": csrf, "version": "0", "whose": "own", "holidays": "Atlantis"}
        refused = await helen.http.post("/monitors/1/holidays", data=own)
        assert refused.status_code == 422
        assert "no country &#39;ATLANTIS&#39;" in refused.text
        assert (
            await helen.http.post("/monitors/1/holidays", data={**own, "holidays": "LT"})
        ).status_code == 303
        assert "Lietuvos" in (await helen.http.get("/monitors/1")).text
        again = await helen.http.post("/monitors/1/holidays", data={**own, "holidays": "LT"})
        assert again.status_code == 409
