"""Passwords: changed by their owner, or set anew by who runs the installation."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.errors import Conflict, Expired, Invalid, NotFound, SignedOut
from kit.events import Event
from people import invitations, passwords, tokens
from people.members import Member, SignInFailure
from people.on_call import feeds
from people.organisations import Organisation
from people.permissions import Viewer
from people.signin import hash_password, sign_in, viewer_from, viewer_of
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


async def whose(core: Core, token: str) -> Viewer:
    async with core.database.read() as session:
        viewer = await viewer_of(session, token, core.clock.now())
    assert viewer is not None
    return viewer


async def change(core: Core, token: str, current: str, new: str = NEW, *, end_tokens: bool = False) -> None:
    await passwords.change(
        core, await whose(core, token), current=current, new=new, token=token, client="192.0.2.7",
        end_tokens=end_tokens,
    )  # fmt: skip


async def program(core: Core, token: str) -> str:
    """An access token of who is signed in."""
    viewer = await whose(core, token)
    async with core.database.unit_of_work() as session:
        made = await tokens.make(
            session, viewer, name=f"Bot {token[:5]}", role="observer", days=9, now=core.clock.now()
        )
    return made[1]


async def comes_in(core: Core, text: str) -> bool:
    async with core.database.read() as session:
        return await tokens.viewer_by(session, text, core.clock.now()) is not None


async def calendar(core: Core, token: str) -> str:
    """A secret calendar address of who is signed in."""
    viewer = await whose(core, token)
    async with core.database.unit_of_work() as session:
        row = await feeds.make(session, viewer, schedule_id=None, now=core.clock.now())
        return feeds.token_of(core.settings.signing_key, row)


async def opens(core: Core, address: str) -> bool:
    async with core.database.read() as session:
        try:
            await feeds.read(
                session, core.settings.signing_key, address, host="house.test", now=core.clock.now()
            )
        except NotFound:
            return False
        return True


async def told(core: Core) -> list[tuple[str, str]]:
    """What the log says of tokens and calendar addresses that ended, and who did it."""
    kinds = Event.kind.in_(("token.revoked", "feed.revoked"))
    async with core.database.read() as session:
        found = await session.scalars(select(Event).where(kinds).order_by(Event.seq))
        return [(one.kind, one.actor) for one in found]


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


async def test_a_password_set_anew_ends_what_somebody_else_may_have(core: Core) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    text = await program(core, token)
    link = await invited(core)
    assert not await comes_in(core, text), "the account may have been stolen"
    text, address = await program(core, token), await calendar(core, token)
    async with core.database.unit_of_work() as session:
        await passwords.set_anew(session, ADA, NEW, core.clock.now())
    assert not await comes_in(core, text)
    assert not await opens(core, address)
    assert await told(core) == [
        ("token.revoked", "Helen"), ("token.revoked", "Tocsin"), ("feed.revoked", "Tocsin"),
    ]  # fmt: skip
    with pytest.raises(Expired):
        await invitations.accept(core, link, "by whoever has the link")


async def test_who_uses_an_invitation_ends_the_tokens_made_since(core: Core) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    link = await invited(core)
    text = await program(core, token)
    await invitations.accept(core, link, NEW)
    assert not await comes_in(core, text)
    with pytest.raises(Expired):
        await invitations.accept(core, link, "once more with it")
    await sign_in(core, email=ADA, password=NEW)


async def test_who_changes_their_own_says_whether_tokens_end(core: Core) -> None:
    token, _ = await sign_in(core, email=ADA, password=OLD)
    link = await invited(core)
    await change(core, token, OLD)
    with pytest.raises(Expired):
        await invitations.accept(core, link, "an older link of theirs")
    text, address = await program(core, token), await calendar(core, token)
    await change(core, token, NEW, "another long one")
    assert await comes_in(core, text)
    assert await opens(core, address)
    await change(core, token, "another long one", NEW, end_tokens=True)
    assert not await comes_in(core, text)
    assert not await opens(core, address)
    assert await told(core) == [("token.revoked", "Ada"), ("feed.revoked", "Ada")]


async def invited(core: Core) -> str:
    """A link that an admin makes for Ada."""
    async with core.database.unit_of_work() as session:
        ada = (await session.scalars(select(Member).where(Member.email == ADA))).one()
        helen = Member(
            organisation_id=ada.organisation_id, name="Helen", email="helen@house.test", role="admin"
        )
        session.add(helen)
        await session.flush()
        row = await invitations.make(session, viewer_from(helen), ada, now=core.clock.now())
        key = core.settings.signing_key
        return invitations.path_of(key, row.id).removeprefix("/invitation/")
