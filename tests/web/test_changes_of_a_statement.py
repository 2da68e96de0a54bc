"""Whoever decides on a statement sees what changed since it was returned, and not by colour alone."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import update

from kit.core import Core
from people.members import Member
from tests.web.cast import Cast
from tests.web.test_forms import ROOM, partner_statement, steps

FIRST = "We know <b>of</b> a delay.\n\nMore at 04:00."
SAID = {
    "en": (
        "Changed since version 1, which was returned", "Returned: Say whose", "added: ours", "removed: a",
        "Not a word has changed since version 2, which was returned.",
    ),
    "es": (
        "Qué ha cambiado desde la versión 1, que se devolvió", "Devuelto: Say whose", "añadido: ours",
        "quitado: a", "No ha cambiado ni una palabra desde la versión 2, que se devolvió.",
    ),
    "ca": (
        "Què ha canviat des de la versió 1, que es va retornar", "Retornat: Say whose", "afegit: ours",
        "tret: a", "No ha canviat ni una paraula des de la versió 2, que es va retornar.",
    ),
    "fr": (
        "Ce qui a changé depuis la version 1, qui a été renvoyée", "Renvoyé : Say whose", "ajouté : ours",
        "retiré : a", "Pas un mot n’a changé depuis la version 2, qui a été renvoyée.",
    ),
}  # fmt: skip


async def test_who_decides_sees_what_changed_since_it_was_returned(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = await partner_statement(core)
    at, pages = f"/steps/{step.id}", (f"/steps/{step.id}", ROOM)
    async with cast.browser("nuria") as nuria, cast.browser("helen") as helen:
        await nuria.done(f"{at}/statement", page="/desk", text=FIRST)
        await nuria.done(f"{at}/submit", page="/desk")
        response = f"{ROOM}/responses/{(await steps(core, id=step.id))[0].response_id}"
        for page in pages:
            assert 'class="revised"' not in await helen.see(page), "nothing to compare with yet"
        await helen.done(f"{response}/return", reason="Say whose")
        await nuria.done(f"{at}/statement", page="/desk", text=FIRST.replace(" a ", " ours "), version="1")
        for page in pages:
            assert 'class="revised"' not in await helen.see(page), "there is nothing to decide upon"
        await nuria.done(f"{at}/submit", page="/desk")
        for language in SAID:
            await read_in(core, language)
            title, reason, added, removed, _ = SAID[language]
            html = await helen.see(at)
            shown = revised(html)
            assert title in shown
            assert reason in spoken(html)
            assert spoken(only(shown, "ins")).startswith(added)
            assert spoken(only(shown, "del")).startswith(removed)
            assert "know &lt;b&gt;of&lt;/b&gt; <del>" in shown
            assert "</ins> delay.\n\nMore at 04:00.</p>" in shown
        assert revised(await helen.see(ROOM)) == shown
        assert 'class="revised"' not in await nuria.see(at), "an agency sees the text"

        await helen.done(f"{response}/return", reason="Say where")
        await nuria.done(f"{at}/submit", page="/desk")
        for language in SAID:
            await read_in(core, language)
            html = await helen.see(at)
            assert SAID[language][-1] in spoken(html)
            assert 'class="revised"' not in html


async def read_in(core: Core, language: str) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Member).where(Member.email.startswith("helen@")).values(language=language)
        )


def revised(html: str) -> str:
    found = re.search(r'<details class="revised".*?</details>', html, re.DOTALL)
    assert found is not None
    return found[0]


def only(html: str, tag: str) -> str:
    """What is in the one element of that tag."""
    (found,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return str(found)


def spoken(html: str) -> str:
    """What is read out; French has narrow spaces before its colons."""
    return re.sub(r"[^\S\n]", " ", unescape(re.sub(r"<[^>]+>", "", html)))
