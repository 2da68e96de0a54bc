"""A program makes the changes that are listed for it: each mutation of the schema is tried, new ones, too."""

from __future__ import annotations

from typing import Any

import pytest

from api.context import Context
from api.live import Hub
from api.programs import MAY
from api.schema import Mutation, schema
from kit.core import Core
from kit.events import last_seq
from people.permissions import Viewer
from tests.api.test_observer import value_of
from tests.web.cast import Cast

FIELDS = schema._schema.mutation_type.fields  # type: ignore[union-attr]
NAMES = {one.python_name: schema.config.name_converter.get_graphql_name(one)
         for one in Mutation.__strawberry_definition__.fields}  # type: ignore[attr-defined]  # fmt: skip


async def tried(core: Core, viewer: Viewer | None, name: str) -> str | None:
    """The code with which it was refused; None where it was not."""
    field = FIELDS[name]
    declared = ", ".join(f"${key}: {one.type}" for key, one in field.args.items())
    passed = ", ".join(f"{key}: ${key}" for key in field.args)
    call = f"{name}({passed})" if passed else name
    kind = str(field.type).rstrip("!")
    selection = "" if kind == "Boolean" else "{ __typename ... on Problem { code } }"
    answer = await schema.execute(
        f"mutation{f' M({declared})' if declared else ''} {{ {call} {selection} }}",
        {key: value_of(one.type) for key, one in field.args.items()},
        context_value=Context(core, Hub(core.bell), viewer=viewer, bearer="tocsin_"),
    )
    if answer.errors:
        return (answer.errors[0].extensions or {}).get("code") or str(answer.errors[0])
    assert answer.data is not None
    found: Any = answer.data[name]
    return found.get("code") if isinstance(found, dict) else None


def program(owner: Any, role: str) -> Viewer:
    return Viewer(owner.id, owner.organisation_id, f"{owner.name} (Bot)", role, "en", "UTC", program="Bot")


@pytest.mark.parametrize("role", ["observer", "executive", "partner", None])
async def test_what_only_reads_makes_no_change_of_all_that_there_are(core: Core, role: str | None) -> None:
    """As of an agency, or of a token that has ended while the connection was open, it makes none either."""
    cast = await Cast.in_crisis(core)
    viewer = program(await cast.member("helen"), role) if role else None
    async with core.database.read() as session:
        before = await last_seq(session)
    found = {name: await tried(core, viewer, name) for name in FIELDS}
    through = {name: code for name, code in found.items() if code not in {"forbidden", "signed_out"}}
    async with core.database.read() as session:
        assert (through, await last_seq(session)) == ({}, before)
    assert len(found) > 120


async def test_an_admins_program_makes_the_listed_changes_and_no_others(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    viewer = program(await cast.member("helen"), "admin")
    assert set(NAMES) >= MAY, "all of them are there"
    own = {NAMES[name] for name in set(NAMES) - MAY}
    assert own >= {"signIn", "makeToken", "addContact", "acceptInvitation", "eraseAuthor", "dismissByLink"}
    assert {name: await tried(core, viewer, name) for name in own} == dict.fromkeys(own, "forbidden")
