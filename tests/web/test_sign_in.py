"""Signing in by the form and by the API: wrong passwords count for the address that sent them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx

from kit.core import Core
from tests.web.cast import PASSWORD, WITH_PASSWORD, Browser, Cast

PROXY = "10.0.0.7"
SIGN_IN = """mutation($password: String!) {
  signIn(email: "helen@llevant.example", password: $password) { ... on Problem { message } }
}"""


@asynccontextmanager
async def at(cast: Cast, address: str, **headers: str) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(cast.app, client=(address, 40_000))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://tocsin.test", headers=headers
    ) as client:
        yield Browser(client)


async def test_ten_wrong_passwords_lock_out_the_address_they_came_from(core: Core) -> None:
    cast = await Cast.assemble(replace(core, settings=replace(core.settings, trusted_proxies=(PROXY,))))
    async with at(cast, PROXY, **{"X-Forwarded-For": "made up, 198.51.100.7"}) as stranger:
        for _ in range(5):
            await stranger.send("/sign-in", page="/sign-in", email=WITH_PASSWORD, password="wrong")
        wrong = {"query": SIGN_IN, "variables": {"password": "wrong"}}
        for _ in range(5):
            await stranger.http.post("/graphql", json=wrong, headers={"X-Tocsin-CSRF": "1"})
    async with at(cast, "198.51.100.7") as stranger:
        answer = await stranger.send("/sign-in", page="/sign-in", email=WITH_PASSWORD, password=PASSWORD)
        assert "Too many failed tries" in answer.text
    async with at(cast, PROXY, **{"X-Forwarded-For": "192.0.2.1"}) as helen:
        answer = await helen.send("/sign-in", page="/sign-in", email=WITH_PASSWORD, password=PASSWORD)
        assert answer.status_code == 303


async def test_a_new_password_is_taken_as_it_was_typed(core: Core) -> None:
    cast, spaced = await Cast.assemble(core), "  a new one with blanks "
    async with at(cast, "192.0.2.1") as helen:
        await helen.done("/sign-in", page="/sign-in", email=WITH_PASSWORD, password=PASSWORD)
        assert await helen.done("/me/password", page="/me", current=PASSWORD, new=spaced) == "/me"
        await helen.see("/me")
        assert await helen.done("/sign-out", page="/me") == "/sign-in"
        await helen.done("/sign-in", page="/sign-in", email=WITH_PASSWORD, password=spaced)


async def test_an_installation_without_people_says_how_they_come_in(core: Core) -> None:
    async with at(Cast(core), "192.0.2.1") as first:
        assert "tocsin setup FILE" in await first.see("/sign-in")
    async with at(await Cast.assemble(core), "192.0.2.1") as helen:
        assert "tocsin setup FILE" not in await helen.see("/sign-in")
