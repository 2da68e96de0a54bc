"""Wrong passwords: who tries them, from anywhere, tries them only so often and locks nobody out."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.errors import SignedOut, Unavailable
from people import signin, tries
from people.members import KnownClient, Member, SignIn, SignInFailure
from people.organisations import Organisation
from people.signin import hash_password, sign_in
from people.tries import Tried, note_try
from tests.clock import MovableClock

PASSWORD = "correct horse"
HOME, PHONE, ELSEWHERE = "192.0.2.1", "2001:db8::1", "198.51.100.{}"


@pytest.fixture(autouse=True)
def lower_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "MAX_FROM_CLIENT", 20)
    monkeypatch.setattr(tries, "MAX_OF_ACCOUNT", 30)


@pytest.fixture(autouse=True)
async def people(core: Core) -> None:
    password = hash_password(PASSWORD)
    async with core.database.unit_of_work() as session:
        house = Organisation(name="House", kind="house")
        session.add(house)
        await session.flush()
        for name in ("ada", "pia"):
            member = Member(organisation_id=house.id, name=name, email=f"{name}@house.test", role="admin")
            member.password_hash = password
            session.add(member)


async def wrong(core: Core, times: int, *, client: str, email: str = "ada@house.test") -> int:
    """Tries with wrong passwords; how many of them were answered as such."""
    tries = (sign_in(core, email=email, password="wrong", client=client) for _ in range(times))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    return sum("do not go together" in str(outcome) for outcome in outcomes)


async def test_ten_failures_throttle_that_address_and_no_other(core: Core, clock: MovableClock) -> None:
    outcomes = await asyncio.gather(
        *(sign_in(core, email="Ada@house.test", password="wrong") for _ in range(14)), return_exceptions=True
    )
    assert sum("Too many" in str(outcome) for outcome in outcomes) == 4
    with pytest.raises(SignedOut, match="Too many"):
        await sign_in(core, email="ada@house.test", password=PASSWORD)
    await sign_in(core, email="pia@house.test", password=PASSWORD)
    clock.forward(minutes=15)
    await sign_in(core, email="ada@house.test", password=PASSWORD)
    for _ in range(9):  # the success struck out what was before it
        with pytest.raises(SignedOut, match="do not go together"):
            await sign_in(core, email="ada@house.test", password="wrong")


async def test_whoever_tries_wrong_passwords_elsewhere_locks_nobody_out(core: Core) -> None:
    assert await wrong(core, 12, client=ELSEWHERE.format(1)) == 10
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
    answered = [await wrong(core, 10, client=ELSEWHERE.format(n)) for n in range(2, 5)]
    assert answered == [10, 10, 0], "thirty of one account"
    with pytest.raises(SignedOut, match="Too many"):
        await sign_in(core, email="ada@house.test", password=PASSWORD, client=PHONE)
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)


async def test_an_address_is_known_for_ninety_days(core: Core, clock: MovableClock) -> None:
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
    clock.forward(days=90)
    for n in range(3):
        await wrong(core, 10, client=ELSEWHERE.format(n))
    with pytest.raises(SignedOut, match="Too many"):
        await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)


async def test_one_address_tries_only_so_often_on_all_accounts_together(core: Core) -> None:
    await sign_in(core, email="pia@house.test", password=PASSWORD, client=HOME)
    answered = [await wrong(core, 10, client=HOME, email=f"{n}@house.test") for n in range(3)]
    assert answered == [10, 10, 0]
    with pytest.raises(SignedOut, match="Too many"):
        await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
    await sign_in(core, email="pia@house.test", password=PASSWORD, client=HOME)
    assert await wrong(core, 12, client=HOME, email="pia@house.test") == 10, "known, but not without end"
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=PHONE)


async def test_a_whole_network_of_one_line_counts_as_one(core: Core) -> None:
    assert sum([await wrong(core, 4, client=f"2001:db8::{n}") for n in range(5)]) == 10


async def test_a_flood_of_tries_leaves_the_others_their_connections(core: Core) -> None:
    tried = Tried.by("ada@house.test", HOME, core.settings.signing_key)
    async with core.database.unit_of_work() as slow:
        await note_try(slow, tried, None, core.clock.now())  # all others wait for it
        flood = asyncio.create_task(wrong(core, 40, client=HOME))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(60), core.database.read() as session:
            assert await session.scalar(select(Member.name).where(Member.name == "pia")) == "pia"
    assert await flood == 9


async def test_who_clears_away_what_is_old_waits_for_nobody_who_does_the_same(
    core: Core, clock: MovableClock
) -> None:
    """Two that wait for one another's rows would never get through."""
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
    await wrong(core, 1, client=HOME)
    clock.forward(days=91)
    async with core.database.unit_of_work() as other:
        for table in (SignInFailure, KnownClient, SignIn):
            held = await other.scalars(select(table).with_for_update())
            assert len(held.all()) == 1
        async with asyncio.timeout(60):
            await sign_in(core, email="pia@house.test", password=PASSWORD, client=PHONE)
    await sign_in(core, email="pia@house.test", password=PASSWORD, client=PHONE)
    async with core.database.read() as session:
        assert [one.member_id for one in await session.scalars(select(KnownClient))] == [2]
        assert not (await session.scalars(select(SignInFailure))).all()


async def test_who_waits_too_long_behind_others_is_told_so(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "PATIENCE", 0.01)
    async with AsyncExitStack() as others:
        while not core.signing_in.locked():
            await others.enter_async_context(core.signing_in)
        with pytest.raises(Unavailable):
            await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
    await sign_in(core, email="ada@house.test", password=PASSWORD, client=HOME)
