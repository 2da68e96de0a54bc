"""Access tokens: shown once, never more than their owner may do, of no use for what is a person's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from api import context, sockets
from kit.core import Core
from kit.events import Event
from people.members import Member, SignInFailure
from people.tokens import AccessToken, capped, enter
from tests.api.socket import socket
from tests.api.test_lasting import TIMELINE, heard
from tests.clock import MovableClock
from tests.web.cast import Browser, Cast

TEXT = re.compile(r"tocsin_[\w-]{43}")
NOTE = 'mutation { addNote(incident: "1", text: "by a program") { __typename ... on Problem { code } } }'
WHO = "{ me { name role } incidents { id } }"


async def made(browser: Browser, **fields: str) -> str:
    """A new token, as the page shows it this once."""
    sent = {"name": "Dashboard", "role": "observer", "days": "30", **fields}
    answer = await browser.send("/me/tokens", page="/me", **sent)
    assert answer.status_code == 200, answer.text[:2000]
    texts: set[str] = set(TEXT.findall(answer.text))
    (text,) = texts
    return text


async def ask(cast: Cast, text: str, query: str = WHO, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(cast.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as program:
        own = {"Authorization": f"Bearer {text}", **headers}
        return await program.post("/graphql", json={"query": query}, headers=own)


async def test_a_token_reads_in_its_owners_name_until_it_is_revoked(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
        assert text not in await jon.see("/me/tokens"), "it is shown once"
        answer = (await ask(cast, text)).json()["data"]
        assert answer["me"] == {"name": "Jon Etxarri", "role": "observer"}
        assert answer["incidents"] == [{"id": "1"}]
        assert "último uso" in await jon.see("/me/tokens")
        async with core.database.read() as session:
            row = (await session.scalars(select(AccessToken))).one()
        assert text not in str(vars(row))
        assert (row.role, row.used_at) == ("observer", core.clock.now())
        await jon.done(f"/me/tokens/{row.id}/revoke", page="/me")
    refused = await ask(cast, text)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert text not in refused.text


async def test_a_use_is_one_look_and_is_noted_once_a_minute(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
    done: list[str] = []

    def noted(how: str, begin: Callable[[], Any]) -> Callable[[], Any]:
        def called() -> Any:
            done.append(how)
            return begin()

        return called

    for how in ("read", "unit_of_work"):
        monkeypatch.setattr(core.database, how, noted(how, getattr(core.database, how)))
    for minutes in (0, 1, 2):
        clock.forward(minutes=minutes)
        assert (await enter(core, text, None)).program == "Dashboard"
    assert done == ["read", "unit_of_work", "read", "read", "unit_of_work"]


async def test_what_only_reads_changes_nothing_and_what_acts_is_named(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        reads, acts = await made(jon), await made(jon, name="Bot", role="responder")
    assert (await ask(cast, reads, NOTE)).json()["data"]["addNote"]["code"] == "forbidden"
    assert (await ask(cast, acts, NOTE)).json()["data"]["addNote"]["__typename"] == "Incident"
    async with core.database.read() as session:
        noted = (await session.scalars(select(Event).where(Event.kind == "incident.noted"))).one()
    assert noted.data["program"] == "Bot"
    assert noted.actor == "Jon Etxarri (Bot)"


OWN = (
    'mutation { changePassword(current: "x", new: "a long new one") { __typename ... on Problem { code } } }',
    'mutation { makeToken(name: "x", days: 3) { __typename ... on Problem { code } } }',
    'mutation { revokeToken(id: "1") { __typename ... on Problem { code } } }',
    'mutation { deactivatePerson(id: "1", version: 1) { __typename ... on Problem { code } } }',
    'mutation { invitePerson(id: "1") { __typename ... on Problem { code } } }',
    'mutation { addContact(channel: "mail", values: []) { __typename ... on Problem { code } } }',
    "mutation { makeFeed { __typename ... on Problem { code } } }",
    "mutation { setNoticeHours(hours: 1) { __typename ... on Problem { code } } }",
    "{ myContacts { id } }",
    "{ accessTokens { id } }",
    "{ myDuty { noticeHours } }",
)


async def test_what_is_a_persons_own_no_program_does(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        text = await made(helen, role="admin")
    for query in OWN:
        answer = (await ask(cast, text, query)).json()
        said = [one["code"] for one in (answer["data"] or {}).values()] if answer["data"] else []
        said += [one["extensions"]["code"] for one in answer.get("errors") or []]
        assert said == ["forbidden"], (query, answer)
    async with cast.browser() as program:
        program.http.headers["Authorization"] = f"Bearer {text}"
        for path in ("/", "/incidents", "/people", "/me/tokens"):
            assert (await program.http.get(path)).status_code == 303, "pages want a sign-in"
            assert (await program.http.get(f"{path}?access_token={text}")).status_code == 303
    named = await ask(cast, "", WHO, Authorization="")
    assert named.status_code == 403, "nor is it taken from anywhere else"


async def test_a_token_does_no_more_than_its_owner_may_now(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        for wrong in (
            {"role": "admin"},
            {"role": "root"},
            {"days": "366"},
            {"days": "0"},
            {"days": ""},
            {"name": " "},
        ):
            sent = {"name": "x", "role": "observer", "days": "30", **wrong}
            assert (await jon.send("/me/tokens", page="/me", **sent)).status_code == 422, wrong
        text = await made(jon, role="responder")
    async with cast.browser("nuria") as nuria:
        assert (await nuria.http.get("/me/tokens")).status_code == 404
        sent = {"name": "x", "role": "observer", "days": "30"}
        assert (await nuria.send("/me/tokens", page="/desk", **sent)).status_code == 404
        assert (await nuria.send("/me/tokens/1/revoke", page="/desk")).status_code == 404
    async with cast.browser("claire") as claire:
        assert (await claire.send("/me/tokens/1/revoke", page="/me")).status_code == 404, "of somebody else"
    jon_row = await cast.member("jon")
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.id == jon_row.id).values(role="observer"))
    assert (await ask(cast, text)).json()["data"]["me"]["name"] == "Jon Etxarri"
    assert (await ask(cast, text, NOTE)).json()["data"]["addNote"]["code"] == "forbidden"
    async with cast.browser("helen") as helen:
        await helen.done(f"/people/{jon_row.id}/deactivate", page="/people", version="1")
        assert (await ask(cast, text)).status_code == 401
        await helen.done(f"/people/{jon_row.id}/reactivate", page="/people", version="2")
    assert (await ask(cast, text)).status_code == 401, "it does not come back with the seat"


async def test_a_token_ends_and_wrong_ones_lock_nobody_else_out(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        text = await made(jon, days="1")
    for _ in range(12):
        assert (await ask(cast, "tocsin_" + "x" * 43)).status_code == 401
    async with core.database.read() as session:
        assert len((await session.scalars(select(SignInFailure))).all()) == 10, "then nothing is written down"
    assert (await ask(cast, text)).status_code == 200
    clock.forward(minutes=24 * 60)
    assert (await ask(cast, text)).status_code == 401


async def test_a_program_asks_from_no_other_site(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
    assert (await ask(cast, text, Origin="https://evil.example")).status_code == 403
    async with cast.browser("helen") as helen:
        answer = await helen.http.post(
            "/graphql", json={"query": "{ me { name } }"}, headers={"Authorization": f"Bearer {text}"}
        )
        assert answer.json()["data"]["me"]["name"] == "Jon Etxarri", "the cookie beside it does not count"


async def test_over_a_websocket_it_ends_when_it_is_revoked(core: Core, monkeypatch: Any) -> None:
    monkeypatch.setattr(context, "RECHECK", 10_000)
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
        async with socket(cast, bearer=text) as live:
            await live.subscribe(TIMELINE)
            assert await heard(live, "next", 1)
            await jon.done("/me/tokens/1/revoke", page="/me")
            assert await heard(live, "complete", 1)
            assert (await live.ask("{ incidents { id } }"))["errors"][0]["message"] == "Sign in first."


async def test_over_a_websocket_it_ends_with_its_owners_role_and_by_its_date(
    core: Core, clock: MovableClock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(context, "RECHECK", 10_000)
    cast = await Cast.in_crisis(core)
    async with cast.browser("jon") as jon:
        text = await made(jon, role="responder", days="1")
    row = await cast.member("jon")
    seat = {"name": row.name, "job": row.job, "role": "observer", "version": str(row.version)}
    async with socket(cast, bearer=text) as live:
        await live.subscribe(TIMELINE)
        assert await heard(live, "next", 1)
        async with cast.browser("helen") as helen:
            await helen.done(f"/people/{row.id}/edit", page="/people", **seat)
        assert await heard(live, "complete", 1)
        assert (await live.ask(NOTE))["data"]["addNote"]["code"] == "forbidden"
        clock.forward(minutes=24 * 60)
        assert (await live.ask(NOTE))["data"]["addNote"]["code"] == "signed_out"
        assert (await live.ask("{ incidents { id } }"))["errors"][0]["message"] == "Sign in first."


async def test_programs_take_no_connection_from_their_owners_pages(core: Core, monkeypatch: Any) -> None:
    monkeypatch.setattr(sockets, "MOST_EACH", 1)
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
    async with socket(cast, bearer=text), socket(cast, "jon") as page:
        assert (await page.ask("{ me { name } }"))["data"]["me"]["name"] == "Jon Etxarri"
        with pytest.raises(AssertionError, match=r"websocket\.close"):
            async with socket(cast, bearer=text):
                pass


@pytest.mark.parametrize(
    "sent",
    [
        [("Authorization", "Bearer {}"), ("Authorization", "Bearer tocsin_x")],
        [("Authorization", "bearer   {}")],
    ],
)
async def test_the_first_header_counts(core: Core, sent: list[tuple[str, str]]) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
    assert (await raw(cast, [(key, value.format(text)) for key, value in sent])).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([("Authorization", "Bearer tocsin_x"), ("Authorization", "Bearer {}")], 401),
        ([("Authorization", "Bearer {}, Bearer {}")], 401),
        ([("Authorization", "Bearer " + "x" * 60_000)], 401),
        ([("Authorization", "Bearer \u00e9\u00ff{}")], 401),
        ([("Authorization", "Bearer ")], 401),
        ([("Authorization", "Basic {}"), ("Authorization", "Bearer {}")], 403),
        ([("Authorization", "Bearer\t{}")], 403),
        ([("X-Authorization", "Bearer {}")], 403),
        ([("Authorization", "Bearer {}"), ("Sec-Fetch-Site", "cross-site")], 403),
    ],
)
async def test_no_other_header_is_a_token_nor_lets_a_cookie_through(
    core: Core, sent: list[tuple[str, str]], status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        text = await made(jon)
    proof = ("Cookie", f"tocsin_session={await cast.cookie('helen')}")
    answer = await raw(cast, [proof, *((key, value.replace("{}", text)) for key, value in sent)])
    assert answer.status_code == status, answer.text
    assert text not in answer.text + str(answer.headers) + "".join(capfd.readouterr())


async def raw(cast: Cast, headers: list[tuple[str, str]]) -> httpx.Response:
    transport = httpx.ASGITransport(cast.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as program:
        sent = [(key.encode(), value.encode("latin-1")) for key, value in headers]
        return await program.post("/graphql", json={"query": WHO}, headers=sent)


def test_the_lesser_role_counts() -> None:
    assert [capped("admin", by) for by in ("admin", "responder", "executive", "observer", "partner")] == [
        "admin", "responder", "observer", "observer", "observer"
    ]  # fmt: skip
