"""Who decides on a statement and who writes it see what changed since a return, not by colour alone."""

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
        "Changed since version 1, which you returned", "Changed since version 1, which Helen Marsh returned",
        "Returned: Say whose", "added: ours", "removed: a",
        "Not a word has changed since version 2, which you returned.",
        "Changed since version 3, which you approved",
    ),
    "es": (
        "Qué ha cambiado desde la versión 1, que devolviste",
        "Qué ha cambiado desde la versión 1, que devolvió Helen Marsh", "Devuelto: Say whose",
        "añadido: ours", "quitado: a", "No ha cambiado ni una palabra desde la versión 2, que devolviste.",
        "Qué ha cambiado desde la versión 3, que aprobaste",
    ),
    "ca": (
        "Què ha canviat des de la versió 1, que vas retornar",
        "Què ha canviat des de la versió 1, que va retornar Helen Marsh", "Retornat: Say whose",
        "afegit: ours", "tret: a", "No ha canviat ni una paraula des de la versió 2, que vas retornar.",
        "Què ha canviat des de la versió 3, que vas aprovar",
    ),
    "fr": (
        "Ce qui a changé depuis la version 1, que vous avez renvoyée",
        "Ce qui a changé depuis la version 1, que Helen Marsh a renvoyée", "Renvoyé : Say whose",
        "ajouté : ours", "retiré : a",
        "Pas un mot n’a changé depuis la version 2, que vous avez renvoyée.",
        "Ce qui a changé depuis la version 3, que vous avez approuvée",
    ),
}  # fmt: skip


async def test_who_decides_and_who_writes_see_what_changed_since_it_was_returned(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = await partner_statement(core)
    at, pages = f"/steps/{step.id}", (f"/steps/{step.id}", ROOM)
    async with cast.browser("nuria") as nuria, cast.browser("helen") as helen, cast.browser("jon") as jon:
        await nuria.done(f"{at}/statement", page="/desk", text=FIRST)
        await nuria.done(f"{at}/submit", page="/desk")
        response = f"{ROOM}/responses/{(await steps(core, id=step.id))[0].response_id}"
        for page in pages:
            assert 'class="revised"' not in await helen.see(page), "nothing to compare with yet"
        await helen.done(f"{response}/return", reason="Say whose")
        assert 'class="revised"' not in await nuria.see(at), "nothing is changed yet"
        await nuria.done(f"{at}/statement", page="/desk", text=FIRST.replace(" a ", " ours "), version="1")
        assert 'class="revised"' not in await helen.see(ROOM), "there is nothing to decide upon"
        for language in SAID:
            await read_in(core, language)
            _, theirs, reason, added, removed, *_ = SAID[language]
            html = await nuria.see(at)
            assert theirs in spoken(revised(html))
            assert spoken(only(revised(html), "ins")).startswith(added)
            assert spoken(only(revised(html), "del")).startswith(removed)
            assert html.index("Say whose") < html.index('class="revised"') < html.index("<textarea")
            assert reason in spoken(html)
        await nuria.done(f"{at}/submit", page="/desk")
        for language in SAID:
            await read_in(core, language)
            mine, theirs, reason, added, removed, *_ = SAID[language]
            html = await helen.see(at)
            shown = revised(html)
            assert mine in spoken(shown)
            assert reason in spoken(html)
            assert spoken(only(shown, "ins")).startswith(added)
            assert spoken(only(shown, "del")).startswith(removed)
            assert "know &lt;b&gt;of&lt;/b&gt; <del>" in shown
            assert "</ins> delay.\n\nMore at 04:00.</p>" in shown
            assert theirs in spoken(revised(await jon.see(at)))
        assert revised(await helen.see(ROOM)) == shown

        await helen.done(f"{response}/return", reason="Say where")
        await nuria.done(f"{at}/submit", page="/desk")
        for language in SAID:
            await read_in(core, language)
            html = await helen.see(at)
            assert SAID[language][5] in spoken(html)
            assert 'class="revised"' not in html

        await jon.done(f"{response}/return", reason="Say when")
        await nuria.done(f"{at}/statement", page="/desk", text=FIRST, version="2")
        await nuria.done(f"{at}/submit", page="/desk")
        shown = spoken(revised(await helen.see(at)))
        assert "2" in shown.partition("\n")[0], "her own last one, not Jon's"
        assert "Say where" in shown
        assert "Say when" in spoken(await helen.see(at))
        await helen.done(f"{response}/approve", version="3")
        await jon.done(f"{response}/return", reason="Not yet")
        await nuria.done(f"{at}/statement", page="/desk", text="We know.", version="3")
        await nuria.done(f"{at}/submit", page="/desk")
        for language in SAID:
            await read_in(core, language)
            assert SAID[language][6] in spoken(revised(await helen.see(at)))


async def read_in(core: Core, language: str) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Member).where(Member.name.regexp_match("Helen|Jon|Núria")).values(language=language)
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
