"""The pages of the sources: health for the house, connecting and changing for admins."""

from __future__ import annotations

import hmac
import re
import shutil
import subprocess
from datetime import timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from alerts.alert import Alert
from api import source_trials
from api.turns import Turns
from kit.events import Event
from mentions.monitor import Monitor
from mentions.source import Source, SourceCursor, SourceHealth
from mentions.sources.lease import SourceLease
from mentions.sources.outage import SourceOutage
from mentions.sources.registry import KINDS
from mentions.waiting.valkey_queue import STREAM
from tests.mentions.sources.outside import as_text, outside
from tests.mentions.sources.said import ferry, mention_com, rss
from tests.world import EVIDENCE, Browser, World

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


async def token(browser: Browser) -> str:
    found = CSRF.search((await browser.http.get("/sources")).text)
    assert found
    return found[1]


async def post(browser: Browser, path: str, **form: str) -> httpx.Response:
    return await browser.http.post(path, data={"csrf": await token(browser), **form})


async def the_source(world: World, name: str) -> Source:
    async with world.core.database.read() as session:
        return (await session.scalars(select(Source).where(Source.name == name))).one()


def check_example(page: str, secret: str, address: str, folder: Path) -> None:
    """The page's commands for curl sign as we want it; without openssl only their address is looked at."""
    commands = unescape(page.split('<pre class="formula">')[1].split("</pre>")[0])
    assert commands.endswith(f" {address}")
    body = '{"body": "¿y el ferry?"}'.encode()
    (folder / "body.json").write_bytes(body)
    if shutil.which("openssl"):
        run = commands.split("curl")[0] + 'printf "$timestamp $signature"'
        timestamp, signature = subprocess.check_output(["sh", "-c", run], cwd=folder, text=True).split()
        assert signature == hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


async def test_an_admin_connects_a_hook_and_is_told_its_secrets_once(world: World, tmp_path: Path) -> None:
    async with world.browser("helen") as admin:
        answer = await post(admin, "/sources/new/webhook", **{"name": "suite", "setting.text": "body"})
        assert answer.status_code == 200
        row = await the_source(world, "suite")
        assert row.secret
        assert row.path_token
        assert row.settings == {"text": "body"}
        assert row.secret in answer.text
        address = f"{world.core.settings.public_url}/ingest/suite"
        assert f"<code>{address}</code>" in answer.text
        assert f"<code>{address}/{row.path_token}</code>" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        check_example(answer.text, row.secret, address, tmp_path)
        for page in ("/sources", f"/sources/{row.id}"):
            later = (await admin.http.get(page)).text
            assert row.secret not in later
            assert row.path_token not in later
        assert f"<code>{address}</code>" in later, "where it is sent to is no secret"
        told = await post(admin, f"/sources/{row.id}/rotate")
        again = await the_source(world, "suite")
        assert again.secret != row.secret
        assert again.path_token != row.path_token
        assert str(again.secret) in told.text


async def test_an_edit_keeps_the_secret_and_has_the_source_asked_at_once(world: World) -> None:
    async with world.core.database.unit_of_work() as session:
        row = Source(name="feed", kind="rss", settings={"url": "http://a.example/"}, secret="kept")
        session.add(row)
        await session.flush()
        now = world.clock.now()
        session.add(SourceLease(source_id=row.id, owner="w", until=now, not_before=now, failures=7))
        session.add(SourceCursor(source_id=row.id, cursor={"etag": "x"}, saved_at=now))
    async with world.browser("helen") as admin:
        page = f"/sources/{row.id}"
        answer = await post(
            admin,
            page + "/edit",
            **{
                "name": "feed",
                "setting.url": "http://b.example/",
                "keep": "matched",
                "expectedMinutes": "90",
            },
        )
        assert answer.headers["location"] == page
    changed = await the_source(world, "feed")
    assert (changed.settings, changed.secret) == ({"url": "http://b.example/"}, "kept")
    assert (changed.keep, changed.expected_minutes) == ("matched", 90)
    async with world.core.database.read() as session:
        lease = await session.get_one(SourceLease, row.id)
        assert (lease.not_before, lease.failures) == (None, 0)
        assert await session.get(SourceCursor, row.id) is None, "another address is read from its beginning"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"name": "Not a name", "setting.url": "http://a.example/"}, "small letters"),
        ({"name": "demo", "setting.url": "http://a.example/"}, "There is a source of this name."),
        ({"name": "feed"}, "Address of the feed is needed."),
        (
            {"name": "feed", "setting.url": "not an address"},
            "One looks like this: https://example.org/feed.xml",
        ),
        ({"name": "feed", "setting.url": "https://not an address/"}, "is no web address"),
        ({"name": "feed", "setting.url": "www.example.org/feed"}, "“www.example.org/feed” is no web address"),
        ({"name": "feed", "setting.url": "http://a.example/", "setting.other": "y"}, "has no setting"),
        ({"name": "feed", "setting.url": "http://a.example/", "keep": "some"}, "keep is one of"),
        ({"name": "feed", "setting.url": "http://a.example/", "expectedMinutes": "0"}, "from 1 to"),
        ({"name": "feed", "setting.url": "http://a.example/", "retentionDays": "-3"}, "whole number"),
        (
            {"name": "feed", "setting.url": "http://a.example/", "allowedAddresses": "nowhere"},
            "no address or network",
        ),
    ],
)
async def test_what_cannot_be_is_refused_with_what_was_typed(
    world: World, form: dict[str, str], reason: str
) -> None:
    async with world.browser("helen") as admin:
        answer = await post(admin, "/sources/new/rss", **form)
        assert answer.status_code in {409, 422}
        assert reason in answer.text
        assert f'value="{form["name"]}"' in answer.text


async def test_a_secret_that_was_typed_is_never_shown_and_has_to_be_typed_again(world: World) -> None:
    typed = {"name": "Not A Name", "setting.token": "very-secret-token", "setting.query": "17"}
    async with world.browser("helen") as admin:
        answer = await post(admin, "/sources/new/brandwatch", **typed)
        assert "very-secret-token" not in answer.text
        assert "Type it again" in answer.text
        assert 'value="17"' in answer.text
        assert "Type it again" not in (await admin.http.get("/sources/new/brandwatch")).text


FOLDED = re.compile(r"<details class=.more.(?P<open> open)?><summary>More settings<.*", re.DOTALL)


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_what_is_needed_stands_before_what_is_rare(world: World, kind: str) -> None:
    async with world.browser("helen") as admin:
        page = (await admin.http.get(f"/sources/new/{kind}")).text
    folded = FOLDED.search(page)
    assert folded
    assert not folded["open"]
    assert " required" not in folded[0]
    before = page[: folded.start()]
    for one in KINDS[kind].fields:
        seen = f'name="setting.{one.name}"' in before
        assert seen == (not one.rare or kind == "webhook"), one.name


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("brandwatch", "gets an access token from its API"),
        ("mention_com", "at the bottom of its page stands the access token"),
        ("talkwalker", "Set up a collector"),
        ("meltwater", "“Every Mention” as its Generic Webhook"),
        ("webhook", "A suite is given the second address and nothing else."),
    ],
)
async def test_what_is_to_be_done_on_the_other_side_is_said_beforehand(
    world: World, kind: str, step: str
) -> None:
    async with world.browser("helen") as admin:
        assert step in unescape((await admin.http.get(f"/sources/new/{kind}")).text)


async def test_of_a_few_words_that_a_setting_may_be_one_is_chosen(world: World) -> None:
    typed = {"name": "toots", "setting.server": "https://a.example", "setting.stream": "hashtag"}
    async with world.browser("helen") as admin:
        page = (await admin.http.get("/sources/new/mastodon")).text
        assert "<option selected>public</option><option>public:local</option>" in page
        refused = await post(admin, "/sources/new/mastodon", **{**typed, "setting.stream": "home"})
        assert "Stream is one of public, public:local" in refused.text
        made = await post(admin, "/sources/new/mastodon", **typed)
        row = await the_source(world, "toots")
        assert made.headers["location"] == f"/sources/{row.id}", (
            "nothing of it is told once: it may be reloaded"
        )
        again = (await admin.http.get(made.headers["location"])).text
        assert "<option selected>hashtag</option>" in again


@pytest.mark.parametrize(
    "rare",
    [{"keep": "matched"}, {"expectedMinutes": "0"}, {"retentionDays": "x"}, {"setting.server": "ftp://x"}],
)
async def test_what_is_folded_is_open_while_something_is_set_there(
    world: World, rare: dict[str, str]
) -> None:
    typed = {"name": "Not A Name", "setting.query": "ferry", **rare}
    async with world.browser("helen") as admin:
        folded = FOLDED.search((await post(admin, "/sources/new/gdelt", **typed)).text)
        assert folded
        assert folded["open"]


async def test_where_no_kind_is_named_one_is_chosen(world: World) -> None:
    async with world.browser("helen") as admin:
        answer = await admin.http.get("/sources/new")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sources#connect")
        page = (await admin.http.get("/sources")).text
        titles = re.findall(r'href="/sources/new/\w+"><span class="grow">([^<]+)<', page)
        assert 'id="connect"' in page
        assert titles == sorted(titles, key=str.casefold)
        assert len(titles) > 5


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("reddit", "We ask it every 1 min."),
        ("gdelt", "We ask it every 15 min."),
        ("jetstream", "We stay connected"),
        ("webhook", "It sends to us. Its page then says whether it works."),
    ],
)
async def test_a_new_source_says_how_it_brings_its_mentions(world: World, kind: str, expected: str) -> None:
    async with world.browser("helen") as admin:
        assert expected in (await admin.http.get(f"/sources/new/{kind}")).text


@pytest.mark.parametrize("kind", ["webhook", "meltwater"])
async def test_where_it_sends_is_said_once_and_holds_before_and_after(world: World, kind: str) -> None:
    async with world.browser("helen") as admin:
        page = (await admin.http.get(f"/sources/new/{kind}")).text
        assert page.count("address that needs no signature") == 1
        assert "you are shown" not in page, "the same note is read once it is connected"


@pytest.mark.parametrize(("kind", "speaks"), [("file", False), ("by_hand", False), ("rss", True)])
async def test_a_file_does_not_speak(world: World, kind: str, speaks: bool) -> None:
    now = world.clock.now()
    async with world.core.database.unit_of_work() as session:
        row = Source(name="the-one", kind=kind, settings={})
        session.add(row)
        await session.flush()
        session.add(SourceHealth(source_id=row.id, last_received_at=now, last_ok_at=now, received=2))
    async with world.browser("helen") as admin:
        assert ("Speaks" in (await admin.http.get(f"/sources/{row.id}")).text) is speaks


async def test_switching_off_and_on(world: World) -> None:
    row = await the_source(world, "demo")
    async with world.browser("helen") as admin:
        await post(admin, f"/sources/{row.id}/switch")
        assert not (await the_source(world, "demo")).enabled
        world.clock.forward(minutes=30)
        await post(admin, f"/sources/{row.id}/switch", enabled="1")
        again = await the_source(world, "demo")
        assert (again.enabled, again.enabled_at) == (True, world.clock.now()), "its silence begins now"


async def test_only_admins_change_and_see_settings(world: World) -> None:
    row = await the_source(world, "demo")
    async with world.browser("marta") as other:
        page = await other.http.get(f"/sources/{row.id}")
        assert page.status_code == 200
        assert "/edit" not in page.text
        assert (await other.http.get("/sources/new/rss")).status_code == 404
        answer = await post(other, "/sources/new/rss", **{"name": "x", "setting.url": "http://a.example/"})
        assert answer.status_code in {403, 404}
        assert (await post(other, f"/sources/{row.id}/switch")).status_code == 403
        assert (await post(other, f"/sources/{row.id}/rotate")).status_code == 403
        assert (await the_source(world, "demo")).enabled
    async with world.browser("nuria") as partner:
        assert (await partner.http.get(f"/sources/{row.id}")).status_code == 404


async def test_what_it_last_brought_and_why_it_fails(world: World) -> None:
    await world.hear("the ferry is late again")
    row = await the_source(world, "demo")
    async with world.core.database.unit_of_work() as session:
        health = await session.get_one(SourceHealth, row.id)
        assert health.last_received_at is not None
        health.failing_since, health.error = health.last_received_at, "The server refuses us access (401)"
        health.last_tried_at = health.last_received_at + timedelta(minutes=3)  # and it called again
    world.clock.forward(minutes=5)
    async with world.browser("marta") as reader:
        page = (await reader.http.get(f"/sources/{row.id}")).text
        assert "the ferry is late again" in page
        assert 'class="chip level amber"' in page
        assert "El servidor ens nega l’accés (401)" in page
        assert (await reader.http.get("/sources/999999")).status_code == 404
        assert (await reader.http.get("/sources/x")).status_code == 422


async def test_its_own_page_tells_when_it_was_out_and_how_long_alerts_took(world: World) -> None:
    await world.hear("@almadiaferries the ferry is late again")
    row, now = await the_source(world, "demo"), world.clock.now()
    async with world.core.database.unit_of_work() as session:
        for days, state, reason in (
            (2, "silent", ""),
            (1, "failing", "The connection ended before anything came."),
        ):
            began = now - timedelta(days=days)
            session.add(
                SourceOutage(
                    source_id=row.id, state=state, reason=reason, carries={},
                    began_at=began, noticed_at=began, ended_at=began + timedelta(hours=2),
                )
            )  # fmt: skip
        monitor = (await session.scalars(select(Monitor).order_by(Monitor.id))).first()
        assert monitor
        session.add(
            Alert(
                brand_id=monitor.brand_id, monitor_id=monitor.id, signal="volume", level="amber", title="t",
                evidence=EVIDENCE, since=now, opened_at=now + timedelta(seconds=77), ended_at=now,
            )
        )  # fmt: skip
    async with world.browser("helen") as reader:
        page = (await reader.http.get(f"/sources/{row.id}")).text
    assert page.index("did not work") < page.index("silent</p>"), "the newest first"
    assert "The connection ended before anything came." in page
    assert "<dt>Received to alerted</dt><dd>77 s</dd>" in page
    assert "What it brought was published" in page


async def test_the_overview_calls_nothing_calm_that_nobody_listens_to(world: World) -> None:
    async with world.browser("helen") as reader:
        assert "Not listened to" in (await reader.http.get("/")).text, "the suite never called"
        await world.send([])
        heard = (await reader.http.get("/")).text
        assert "Not listened to" not in heard
        assert "Calm" in heard


STORED = (Source, SourceHealth, Event)


async def kept_of(world: World) -> list[int]:
    """How many sources, notes on their health, events and batches of mentions there are."""
    async with world.core.database.read() as session:
        counts = [await session.scalar(select(func.count()).select_from(one)) for one in STORED]
    return [*(int(count or 0) for count in counts), await world.core.bell.redis.xlen(STREAM)]


async def test_a_source_is_tried_before_it_is_connected_and_nothing_of_it_is_kept(world: World) -> None:
    async with outside() as server, world.browser("helen") as admin:
        server.on("/feed", rss([(1, "2026-03-01T08:00:00Z"), (2, "2026-03-01T09:00:00Z")]))
        before = await kept_of(world)
        typed = {"name": "harbour", "setting.url": f"{server.url}/feed", "expectedMinutes": "90"}
        page = (await post(admin, "/sources/new/rss/try", **typed)).text
        assert "It works. Mentions that it brings: 2." in page
        assert page.index(ferry(2)) < page.index(ferry(1)), "the newest first"
        assert 'value="harbour"' in page
        assert 'value="90"' in page
        entry = "<entry><id>3</id><title>Late again</title><summary>No ferry</summary></entry>"
        server.on("/feed", as_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'))
        page = (await post(admin, "/sources/new/rss/try", **typed)).text
        assert page.count("Late again") == 1, "the text of what a feed brings begins with its title"
        assert "<bdi>No ferry</bdi>" in page
        server.on("/feed", as_text("who are you", status=401))
        assert "refuses us access (401)" in (await post(admin, "/sources/new/rss/try", **typed)).text
        assert "is needed" in (await post(admin, "/sources/new/rss/try", name="x")).text
        sources, health, events, batches = before
        assert await kept_of(world) == [sources, health, events + 3, batches]


async def test_what_is_sent_to_us_is_tried_on_an_example(world: World) -> None:
    typed = {"name": "suite", "setting.items": "hits", "setting.text": "said"}
    typed["sample"] = '{"hits": [{"said": "hola"}, 7]}'
    async with world.browser("helen") as admin:
        before = await kept_of(world)
        page = (await post(admin, "/sources/new/webhook/try", **typed)).text
        assert "Mentions that it brings: 1." in page
        assert "hola</bdi>" in page
        assert "Number 2: A mention must be an object with named fields." in page
        typed["setting.text"] = "$["
        wrong = (await post(admin, "/sources/new/webhook/try", **typed)).text
        assert "note warn" in wrong
        assert "hola</bdi>" not in wrong
        assert await kept_of(world) == before


async def test_a_secret_that_is_kept_is_tried_where_it_goes_already_and_nowhere_else(world: World) -> None:
    async with outside() as server, outside() as thief, world.browser("helen") as admin:
        for one in (server, thief):
            one.on("/api/accounts/a/alerts/5/mentions", mention_com([(1, "2026-03-01T08:00:00Z")]))
        settings = {"account": "a", "alert": "5", "address": server.url}
        async with world.core.database.unit_of_work() as session:
            row = Source(name="alert", kind="mention_com", settings=settings, secret="kept")
            session.add(row)
            await session.flush()
        typed = {"name": "alert", **{f"setting.{name}": value for name, value in settings.items()}}
        page = (await post(admin, f"/sources/{row.id}/try", **typed)).text
        assert "Mentions that it brings: 1." in page
        assert server.asked[-1].headers["authorization"] == "Bearer kept"
        async with world.core.database.read() as session:
            event = (await session.scalars(select(Event).order_by(Event.seq.desc()).limit(1))).one()
        assert (event.kind, event.data) == ("source.tried", {"source": "Mention.com (API), 127.0.0.1"})
        assert event.actor_id is not None
        typed["setting.address"] = thief.url
        page = (await post(admin, f"/sources/{row.id}/try", **typed)).text
        assert "Type the secret again: it would go" in page
        page = (await post(admin, f"/sources/{row.id}/edit", **typed)).text
        assert "Type the secret again: it would go" in page
        assert thief.asked == []
        typed["setting.token"] = "another-token"
        page = (await post(admin, f"/sources/{row.id}/try", **typed)).text
        assert thief.asked[-1].headers["authorization"] == "Bearer another-token"
        assert "another-token" not in page


async def test_only_admins_try_sources_and_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_trials, "_TURNS", Turns(2, a_minute=3))
    async with outside() as server:
        server.on("/feed", rss([]))
        typed = {"name": "harbour", "setting.url": f"{server.url}/feed"}
        async with world.browser("marta") as other:
            assert (await post(other, "/sources/new/rss/try", **typed)).status_code == 404
            refused = await other.do_all("TrySource", kind="rss", settings=[], sample="")
            assert refused["trySource"]["code"] == "forbidden"
        assert server.asked == []
        async with world.browser("helen") as admin:
            told = [(await post(admin, "/sources/new/rss/try", **typed)).text for _ in range(4)]
        assert all("nothing to bring just now" in page for page in told[:3])
        assert "3 times within a minute" in told[3]
    assert len(server.asked) == 3
