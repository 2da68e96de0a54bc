"""Signing in: the same answer for every wrong try, a throttle that restarts do not forget."""

from __future__ import annotations

import runpy
import time
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kit.core import Core
from kit.errors import SignedOut
from people import signin
from people.members import Member, SignIn
from people.organisations import Organisation
from people.signin import SIGNED_IN_FOR, hash_password, sign_in, sign_out, viewer_of
from tests.clock import MovableClock

PASSWORD = "correct horse"
HASH = hash_password(PASSWORD)


@pytest.fixture
def cheap_passwords() -> None:
    """Not here: these tests are about the real ones."""


@pytest.fixture(autouse=True)
async def people(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        house = Organisation(name="House", kind="house")
        agency = Organisation(
            name="Agency",
            kind="partner",
            nda_signed_on=date(2026, 1, 1),
            nda_expires_on=core.clock.now().date(),
        )
        session.add_all([house, agency])
        await session.flush()
        for name, role, home in (("Ada", "responder", house), ("Pia", "partner", agency)):
            session.add(
                Member(
                    organisation_id=home.id,
                    name=name,
                    email=f"{name}@house.test",
                    role=role,
                    password_hash=HASH,
                )
            )
        session.add(Member(organisation_id=house.id, name="Bo", email="bo@house.test", role="admin"))


async def who(core: Core, token: str) -> str | None:
    async with core.database.read() as session:
        viewer = await viewer_of(session, token, core.clock.now())
        return viewer.name if viewer else None


async def test_a_token_is_good_for_twelve_hours_and_only_its_hash_is_stored(
    core: Core, clock: MovableClock
) -> None:
    token, viewer = await sign_in(core, email=" ADA@house.test ", password=PASSWORD)
    assert viewer.name == "Ada"
    assert len(token) >= 43
    async with core.database.read() as session:
        [row] = await session.scalars(select(SignIn))
    assert token not in vars(row).values()
    clock.forward(seconds=SIGNED_IN_FOR.total_seconds() - 1)
    assert await who(core, token) == "Ada"
    clock.forward(seconds=1)
    assert await who(core, token) is None


async def test_signing_out_forgets_the_token(core: Core) -> None:
    token, _ = await sign_in(core, email="ada@house.test", password=PASSWORD)
    async with core.database.unit_of_work() as session:
        await sign_out(session, token)
        await sign_out(session, "unknown")
    assert await who(core, token) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@house.test", "wrong"),
        ("ada@house.test", ""),
        ("ada@house.test", "p" * 5000),
        ("ada@house.test", "\ud800"),
        ("nobody@house.test", PASSWORD),
        ("bo@house.test", PASSWORD),
        ("", ""),
        ("ada@house.test\x00", PASSWORD),
        ("\ud800@house.test", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
async def test_every_wrong_try_gets_the_same_answer(core: Core, email: str, password: str) -> None:
    with pytest.raises(SignedOut, match=r"^This address and password do not go together\.$"):
        await sign_in(core, email=email, password=password)


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(core: Core) -> None:
    async def seconds(email: str) -> float:
        start = time.process_time()
        with pytest.raises(SignedOut):
            await sign_in(core, email=email, password="wrong")
        return time.process_time() - start

    await seconds("ada@house.test")
    known = min([await seconds("ada@house.test") for _ in range(3)])
    unknown = min([await seconds("nobody@house.test") for _ in range(3)])
    assert 0.5 < unknown / known < 2


def test_no_hash_is_made_when_a_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed(*_: object, **__: object) -> str:
        raise AssertionError("this takes a third of a second of every start")

    monkeypatch.setattr(PasswordHasher, "hash", hashed)
    runpy.run_path(signin.__file__)


async def test_a_partner_comes_in_only_while_the_agreement_is_valid(core: Core, clock: MovableClock) -> None:
    token, viewer = await sign_in(core, email="pia@house.test", password=PASSWORD)
    assert viewer.is_partner
    clock.forward(hours=21, minutes=4)
    assert clock.now().date() - timedelta(days=0) == date(2026, 3, 10)
    assert await who(core, token) is None  # the twelve hours are over
    token, _ = await sign_in(core, email="pia@house.test", password=PASSWORD)
    assert await who(core, token) == "Pia"
    clock.forward(minutes=2)
    assert await who(core, token) is None
    with pytest.raises(SignedOut, match="agreement of Agency"):
        await sign_in(core, email="pia@house.test", password=PASSWORD)


async def test_a_member_who_was_switched_off_is_out_at_once(core: Core) -> None:
    token, viewer = await sign_in(core, email="ada@house.test", password=PASSWORD)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Member, viewer.member_id)).active = False
    assert await who(core, token) is None
    with pytest.raises(SignedOut, match="do not go together"):
        await sign_in(core, email="ada@house.test", password=PASSWORD)
