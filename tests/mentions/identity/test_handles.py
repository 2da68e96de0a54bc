"""An account of Bluesky is one author, whatever it calls itself."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs
from sqlalchemy import select, text

from incident.erasure import erase_author
from kit.core import Core
from mentions import mentions
from mentions.identity import handles
from mentions.identity.handles import AccountHandle, names_of
from mentions.mention import Mention
from mentions.privacy.retention import expire
from tests.mentions.makers import draft, make_all, put, viewer

ANA, BEA = "did:plc:ana", "did:plc:bea"


async def called(core: Core, did: str, handle: str, *, hours: float = 0) -> None:
    async with core.database.unit_of_work() as session:
        await handles.note(session, [(did, handle)], core.clock.now() + timedelta(hours=hours))


async def test_by_any_of_its_names_an_account_is_found_and_forgotten(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    # a suite brings some of Bluesky under the handle of the day
    for author in (ANA, BEA, "ana.example", "new.example", "bea.example"):
        await put(core, source, structs.replace(draft(f"Renfe, {author}", at=now), author=author))
    for handle, hours in (("ana.example", 0), ("shared.example", 1), ("new.example", 3)):
        await called(core, ANA, handle, hours=hours)
    await called(core, BEA, "shared.example", hours=2)
    async with core.database.read() as session:
        names = await handles.newest(session, [ANA, BEA, "did:plc:none", "ana.example"])
        assert names == {ANA: "new.example", BEA: "shared.example"}
    await called(core, ANA, "shared.example", hours=2.5)
    await called(core, ANA, "new.example", hours=3.5)
    async with core.database.read() as session:
        assert await handles.newest(session, [BEA]) == {}, "somebody else has it now"
    await called(core, BEA, "shared.example", hours=2.7)
    await called(core, BEA, "bea.example", hours=3)
    async with core.database.read() as session:
        assert await names_of(session, "@Ana.Example") == ["@Ana.Example", ANA, "ana.example"]
        assert await names_of(session, "shared.example") == ["shared.example", BEA], "theirs"
        assert await names_of(session, ANA) == [ANA]
        found = await mentions.recent(session, viewer(), brand.id, mentions.Filter(author="new.example"))
        assert {one.author for one in found} == {ANA, "new.example"}
    async with core.database.unit_of_work() as session:
        assert (await erase_author(session, viewer("admin"), "ana.example", now=now)).mentions == 2
    await expire(core)
    async with core.database.read() as session:
        left = await session.scalars(select(Mention.author))
        assert sorted(author for author in left if author is not None) == [
            "bea.example",
            BEA,
            "new.example",
        ], "anybody may claim that name"
        assert set(await session.scalars(select(AccountHandle.did))) == {BEA}, "nothing is left of Ana"


async def test_the_handles_of_a_page_are_found_by_its_accounts(core: Core) -> None:
    """Not by a walk through all handles: 50 of two million took 145 ms."""
    async with core.database.unit_of_work() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.scalars(text(f"EXPLAIN {handles._NEWEST}"), {"dids": [ANA, BEA]})
        assert any("ix_account_handle_did" in line for line in plan)
