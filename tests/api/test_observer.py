"""An observer reads all of the house and acts on nothing: every mutation of the schema is tried."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLScalarType

from api.schema import schema
from kit.events import after, last_seq
from tests.world import World

OWN = {
    "signIn", "signOut", "acknowledgeByLink", "chooseDigest", "sawCase",
    "setNoticeHours", "makeFeed", "revokeFeed", "addHoliday", "removeHoliday", "setCalendar",
}  # fmt: skip
"""What is about oneself, or carries its own proof."""
VALUES: dict[str, Any] = {
    "ID": "1",
    "String": "complaint",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-03-11T00:00:00+00:00",
    "Date": "2026-03-11",
    "JSON": {},
    "People": 1,
}


def value_of(kind: Any) -> Any:
    """Something of this type."""
    if isinstance(kind, GraphQLNonNull):
        return value_of(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [value_of(kind.of_type)]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: value_of(field.type) for name, field in kind.fields.items()}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    assert isinstance(kind, GraphQLScalarType)
    return VALUES[kind.name]


async def test_no_mutation_lets_an_observer_change_anything(world: World) -> None:
    await world.send(
        {
            "mentions": [
                {"id": "1", "text": "No reply from @almadiaferries, awful", "author": "a", "lang": "en"}
            ]
        }
    )
    await world.settle()
    world.mail.take_all()
    fields = schema._schema.mutation_type.fields  # type: ignore[union-attr]
    tried = {}
    async with world.browser("olga") as olga, world.browser("helen") as helen:
        brand = (await helen.ask("{ brands { id } }"))["brands"][0]["id"]
        await helen.do(
            "DeclareIncident", brandId=brand, title="x", type="complaint_wave", severity="green", drill=True
        )
        await world.settle()
        world.mail.take_all()
        async with world.core.database.read() as session:
            before = await last_seq(session)
        for name, field in fields.items():
            if name in OWN:
                continue
            arguments = {key: value_of(one.type) for key, one in field.args.items()}
            kinds = {key: str(one.type) for key, one in field.args.items()}
            tried[name] = await _try(olga, name, kinds, arguments)
        async with world.core.database.read() as session:
            left = [event.kind for event in await after(session, before)]
    done = {name: answer for name, answer in tried.items() if answer not in {"Problem", "refused"}}
    assert (done, left) == ({}, [])
    assert len(tried) > 30


async def _try(browser: Any, name: str, kinds: dict[str, str], arguments: dict[str, Any]) -> str:
    """`Problem` or `refused` when nothing was done, else what the mutation answered with."""
    declared = ", ".join(f"${key}: {kind}" for key, kind in kinds.items())
    passed = ", ".join(f"{key}: ${key}" for key in kinds)
    head = f"({declared})" if kinds else ""
    call = f"{name}({passed})" if kinds else name
    for selection in ("{ __typename }", ""):
        answer = await browser.graphql(f"mutation M{head} {{ {call} {selection} }}", **arguments)
        if "errors" in answer and "must not have a selection" in str(answer["errors"]):
            continue
        if answer.get("errors"):
            return "refused"
        found = answer["data"][name]
        return str(found["__typename"] if isinstance(found, dict) else found)
    return "refused"


async def test_an_observer_sees_every_page_of_the_house_and_no_form_that_acts(world: World) -> None:
    await world.send(
        {
            "mentions": [
                {"id": "1", "text": "No reply from @almadiaferries, awful", "author": "a", "lang": "en"}
            ]
        }
    )
    await world.settle()
    world.mail.take_all()
    async with world.browser("olga") as olga:
        for path in (
            "/",
            "/incidents",
            "/desk",
            "/inbox",
            "/inbox/customer-service",
            "/cases/1",
            "/mentions",
            "/me",
            "/rota",
        ):
            answer = await olga.http.get(path)
            assert answer.status_code == 200, path
            forms = answer.text.split('method="post" action="')[1:]
            acting = [form.split('"')[0] for form in forms]
            assert [one for one in acting if one not in {"/sign-out"} and not one.startswith("/me/")] == [], (
                path
            )
