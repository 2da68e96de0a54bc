"""Who is signed out while writing loses no word, sends nothing twice, and shows nothing to anybody else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from kit.core import Core
from people.members import Member, SignIn
from people.signin import hash_password
from tests.web.cast import CSRF, PASSWORD, Browser, Cast
from tests.web.test_refused_forms import HERE, problem

KEPT = re.compile(r'name="kept" value="([^"]+)"')
NOTE = 'The captain says: "all <well>"\r\nAnd the harbour too.'


@pytest.fixture
async def cast(core: Core) -> Cast:
    cast = await Cast.in_crisis(core)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).values(password_hash=hash_password(PASSWORD)))
    return cast


async def signed_out(cast: Cast) -> None:
    async with cast.core.database.unit_of_work() as session:
        await session.execute(delete(SignIn))


async def written(cast: Cast, browser: Browser, path: str, page: str, **fields: str) -> httpx.Response:
    """The answer to a form that its writer sends after their sign-in has ended."""
    found = CSRF.search(await browser.see(page))
    assert found
    await signed_out(cast)
    answer = await browser.http.post(path, data={"csrf": found.group(1), **fields}, headers=HERE)
    assert answer.status_code == 401
    assert problem(answer.text).startswith("You have been signed out, so nothing was sent.")
    assert fields["text"] not in unescape(answer.text)
    return answer


async def signs_in(browser: Browser, name: str, shown: str, password: str = PASSWORD) -> httpx.Response:
    """By the form that was shown, with all that is hidden in it."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    fields = {**hidden, "email": f"{name}@llevant.example", "password": password}
    return await browser.http.post("/sign-in", data=fields, headers=HERE)


def text_of(page: str) -> str:
    found = re.search(r'<textarea id="note"[^>]*>(.*?)</textarea>', page, re.S)
    assert found
    return unescape(found.group(1))


async def test_what_was_written_is_there_after_signing_in_and_was_not_sent(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        asked = await written(cast, helen, "/incidents/1/notes", "/incidents/1", text=NOTE)
        wrong = await signs_in(helen, "helen", asked.text, password="wrong")
        assert wrong.status_code == 401
        back = await signs_in(helen, "helen", wrong.text)
        assert back.status_code == 200
        assert problem(back.text).startswith("This was not sent, because you had been signed out.")
        assert text_of(back.text) == NOTE
        timeline = await helen.see("/incidents/1/parts/timeline")
        assert "The captain says" not in timeline
        found = CSRF.search(back.text)
        assert found
        sent = await helen.http.post(
            "/incidents/1/notes", data={"csrf": found.group(1), "text": text_of(back.text)}, headers=HERE
        )
        assert sent.status_code == 303
        timeline = await helen.see("/incidents/1/parts/timeline")
        assert timeline.count("The captain says") == 1


async def test_nobody_else_finds_it(cast: Cast) -> None:
    async with cast.browser("helen") as browser:
        asked = await written(cast, browser, "/incidents/1/notes", "/incidents/1", text=NOTE)
        answer = await signs_in(browser, "marta", asked.text)
        assert answer.status_code == 303
        assert "The captain says" not in await browser.see(answer.headers["location"])


@pytest.mark.parametrize("name", ["severity", "resolve", "briefing"])
async def test_a_fold_with_what_was_written_is_open(cast: Cast, name: str) -> None:
    field = {"severity": "reason", "resolve": "summary", "briefing": "text"}[name]
    async with cast.browser("helen") as helen:
        fields = {field: "It has no end", "text": "It has no end"}
        asked = await written(cast, helen, f"/incidents/1/{name}", "/incidents/1", **fields)
        back = await signs_in(helen, "helen", asked.text)
    fold = re.search(
        rf'<details class="more" open>(?:(?!</details>).)*/{name}[#"].*?</details>', back.text, re.S
    )
    assert fold
    assert "It has no end" in fold.group()


async def test_a_form_of_an_older_sign_in_of_ones_own_is_shown_again_and_can_be_sent(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        old = CSRF.search(await helen.see("/incidents/1"))
        assert old
        helen.http.cookies.set("tocsin_session", await cast.cookie("helen"), domain="tocsin.test")
        answer = await helen.http.post(
            "/incidents/1/notes", data={"csrf": old.group(1), "text": NOTE}, headers=HERE
        )
        assert answer.status_code == 403
        assert problem(answer.text).startswith("You have signed in again meanwhile")
        assert text_of(answer.text) == NOTE
        helen.http.cookies.set("tocsin_session", await cast.cookie("marta"), domain="tocsin.test")
        answer = await helen.http.post(
            "/incidents/1/notes", data={"csrf": old.group(1), "text": NOTE}, headers=HERE
        )
        assert answer.status_code == 403
        assert "The captain says" not in answer.text


async def test_what_was_not_sealed_here_opens_nothing(cast: Cast) -> None:
    async with cast.browser() as anybody:
        asked = await anybody.http.post("/incidents/1/notes", data={"text": NOTE}, headers=HERE)
        assert asked.status_code == 401
        assert not KEPT.search(asked.text)
        for kept in ("x", "é", "gAAAAA=="):
            answer = await anybody.http.post(
                "/sign-in",
                data={"email": "helen@llevant.example", "password": PASSWORD, "kept": kept},
                headers=HERE,
            )
            assert answer.status_code == 303
            anybody.http.cookies.clear()


async def unkept(helen: Browser, cast: Cast, page: str, path: str, **sent: Any) -> httpx.Response:
    """The sign-in page after a form that no page can show again; then its writer signs in there."""
    found = CSRF.search(await helen.see(page))
    assert found
    await signed_out(cast)
    data = {"csrf": found.group(1), **sent.pop("data")}
    asked = await helen.http.post(path, data=data, headers=HERE, **sent)
    assert asked.status_code == 401
    assert problem(asked.text).startswith("Sign in to see this page.")
    assert not KEPT.search(asked.text)
    back = await signs_in(helen, "helen", asked.text)
    assert back.status_code == 303
    return asked


async def test_more_than_the_sign_in_page_can_send_keeps_nobody_from_signing_in(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        await unkept(helen, cast, "/incidents/1", "/incidents/1/notes", data={"text": "x" * 200_000})


async def test_accents_take_no_more_room_than_they_do_on_the_way(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        asked = await written(cast, helen, "/incidents/1/notes", "/incidents/1", text="é" * 40_000)
        back = await signs_in(helen, "helen", asked.text)
        assert text_of(back.text) == "é" * 40_000


async def test_a_password_is_not_kept(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        await unkept(
            helen, cast, "/me", "/me/password", data={"current": PASSWORD, "new": "another one, long"}
        )


async def test_a_file_is_not_kept(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        files = {"file": ("a.csv", "name,begins,ends\n" * 20_000)}
        await unkept(helen, cast, "/campaigns", "/campaigns/import", data={"lift": "3"}, files=files)


async def test_a_password_of_an_older_sign_in_is_asked_for_again(cast: Cast) -> None:
    async with cast.browser("helen") as helen:
        old = CSRF.search(await helen.see("/me"))
        assert old
        helen.http.cookies.set("tocsin_session", await cast.cookie("helen"), domain="tocsin.test")
        sent = {"csrf": old.group(1), "current": PASSWORD, "new": "another one, long"}
        answer = await helen.http.post("/me/password", data=sent, headers=HERE)
        assert answer.status_code == 403
        assert problem(answer.text).startswith("This form is too old")
