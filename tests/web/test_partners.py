"""Where an agency's people get: their desk, their steps, how they read. All else is not there for them."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from alerts.contacts.contact import Contact, QuietHours
from incident.digest.digest import DigestSubscription
from kit.core import Core
from tests.web.cast import Cast
from web.actions import ACTIONS
from web.routes import PAGES, POSTS
from web.visit import Audience

OPEN_PAGES = {
    "/", "/desk", "/desk/parts/{parts}", "/steps/{step}", "/steps/{step}/parts/{parts}", "/me",
}  # fmt: skip
OPEN_FORMS = {
    "/steps/{step}/complete", "/steps/{step}/statement", "/steps/{step}/submit", "/steps/{step}/ask",
    "/me/reading", "/me/password",
}  # fmt: skip


def test_what_is_open_to_partners_is_no_more_than_this() -> None:
    pages = {path for path, _, audience in PAGES if audience is Audience.SIGNED_IN}
    forms = {action.path for action in ACTIONS if action.audience is not Audience.HOUSE}
    forms |= {path for path, _, audience in POSTS if audience is Audience.SIGNED_IN}
    assert pages == OPEN_PAGES
    assert forms == OPEN_FORMS


async def test_every_other_page_and_form_is_not_there(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    looked, sent = [path for path, *_ in PAGES], [action.path for action in ACTIONS]
    async with cast.browser("nuria") as nuria:
        token = {"csrf": re.search(r'name="csrf" value="([^"]+)"', await nuria.see("/me"))[1]}  # type: ignore[index]
        for path in looked:
            if path not in OPEN_PAGES and not path.startswith(("/sign-in", "/ack/", "/invitation/")):
                await nuria.see(re.sub(r"\{.*?\}", "1", path), 404)
        for path in sent:
            if path not in OPEN_FORMS:
                answer = await nuria.http.post(
                    re.sub(r"\{.*?\}", "1", path), data=token, headers={"Origin": "http://tocsin.test"}
                )
                assert answer.status_code == 404, path


async def test_the_page_has_the_language_and_the_clock_and_nothing_of_the_house(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("nuria") as nuria, cast.browser("helen") as helen:
        page, theirs = await nuria.see("/me"), await helen.see("/me")
    assert set(re.findall(r'<form[^>]* action="([^"]+)"', page)) == {
        "/me/reading",
        "/me/password",
        "/sign-out",
    }
    assert set(re.findall(r'<a[^>]* href="(/[^"]*)"', page)) == {"/", "/desk", "/me"}
    assert "Almadía" in theirs
    assert "Almadía" not in page
    assert 'value="Europe/Madrid"' in page


SHUT = (
    "myContacts { id }", "myQuietHours { starts }", "myContactRules { level }", "channelKinds { name }",
    "myDigests { id }", "myDigestSubscriptions { cadence }",
    'setQuietHours(starts: "22:00", ends: "07:00") { __typename }',
    'addContact(channel: "mail", values: [{name: "address", value: "a@b.example"}]) { __typename }',
    'chooseDigest(cadence: "daily", enabled: true, hour: 7, brandIds: []) { __typename }',
)  # fmt: skip


async def test_nor_does_the_api_give_more(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    here, member = {"Origin": "http://tocsin.test"}, await cast.member("nuria")
    async with cast.browser("nuria") as nuria:
        for asked in SHUT:
            query = f"{'mutation ' if 'typename' in asked else ''}{{ {asked} }}"
            answer = (await nuria.http.post("/graphql", json={"query": query}, headers=here)).json()
            given = next(iter((answer["data"] or {None: None}).values()))
            assert given in (None, [], {"__typename": "Problem"}), (asked, answer)
    async with core.database.read() as session:
        for table in (Contact, DigestSubscription, QuietHours):
            theirs = select(func.count()).where(table.member_id == member.id)
            assert await session.scalar(theirs) == 0
