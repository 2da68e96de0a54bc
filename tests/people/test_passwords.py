"""Passwords: changed by their owner, or set anew by who runs the installation."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.errors import Conflict, Invalid, NotFound, SignedOut
from people import passwords
from people.members import Member, SignInFailure
from people.organisations import Organisation
from people.signin import hash_password, sign_in, viewer_of
from people.tries import MAX_FAILURES

ADA, OLD, NEW = "ada@house.test", "correct horse", "battery staple"


@pytest.fixture(autouse=True)
async def ada(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        house = Organisation(name="House", kind="house")
        session.add(house)
        await session.flush()
        session.add(
            Member(
                organisation_id=house.id, name="Ada", email=ADA, role="responder",
                password_hash=hash_password(OLD),
            )
        )  # fmt: skip


async def change(core: Core, token: str, current: str, new: str = NEW) -> None:
    async with core.database.read() as session:
        viewer = await viewer_of(session, token, core.clock.now())
    assert viewer is not None
    await passwords.change(core, viewer, current=current, new=new, token=token, client="192.0.2.7")


async def signed_in(core: Core, token: str) -> bool:
    async with core.database.read() as session:
        return await viewer_of(session, token, core.clock.now()) is not None


async def test_a_changed_password_is_the_only_one_and_ends_the_other_sign_ins(core: Core) -> None:
    here, elsewhere = [(await sign_in(core, email=ADA, password=OLD))[0] for _ in range(2)]
    await change(core, here, OLD)
    assert await signed_in(core, here)
    assert not await signed_in(core, elsewhere)
    with pytest.raises(SignedOut, match="do not go together"):
        await sign_in(core, email=ADA, password=OLD)
    await sign_in(core, email=ADA, password=NEW)


async def test_the_right_password_leaves_no_failure_behind_and_wrong_ones_are_counted(core: Core) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    await change(core, token, OLD)
    async with core.database.read() as session:
        assert (await session.scalars(select(SignInFailure))).all() == []
    for _ in range(MAX_FAILURES):
        with pytest.raises(Invalid, match="not your password") as refused:
            await change(core, token, "a guess")
        assert refused.value.field == "current"
    with pytest.raises(Conflict, match="Too many failed tries"):
        await change(core, token, NEW, "another long one")
    await sign_in(core, email=ADA, password=NEW)


@pytest.mark.parametrize("new", ["eleven char", "", "p" * 5000, "\ud800" * 12])
async def test_what_is_no_password_is_refused(core: Core, new: str) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    with pytest.raises(Invalid, match="password") as refused:
        await change(core, token, OLD, new)
    assert refused.value.field == "new"


async def test_who_runs_the_installation_sets_one_anew(core: Core) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    async with core.database.unit_of_work() as session:
        await passwords.set_anew(session, " ADA@house.test", NEW, core.clock.now())
    assert not await signed_in(core, token)
    await sign_in(core, email=ADA, password=NEW)
    with pytest.raises(NotFound, match="Nobody here has"):
        async with core.database.unit_of_work() as session:
            await passwords.set_anew(session, "nobody@house.test", NEW, core.clock.now())
