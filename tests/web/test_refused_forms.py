"""A form that is refused says why, and loses neither what was typed nor the place."""

from __future__ import annotations

import re
from html import unescape

from kit.core import Core
from mentions.intake.store import enabled_monitors, store
from mentions.waiting.batch import Batch
from tests.clock import MovableClock
from tests.mentions.makers import draft, scorer
from tests.web.cast import Cast

PROBLEM = re.compile(r'<div id="problem"[^>]*>(.*?)</div>', re.S)
HERE = {"Origin": "http://tocsin.test"}


def problem(page: str) -> str:
    """What stands where every page tells its problem: the scripts take it over from there."""
    found = PROBLEM.search(page)
    assert found
    return re.sub(r"<[^>]+>", "", unescape(found.group(1))).strip()


async def test_an_error_page_tells_its_problem_where_every_page_does(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        refused = await helen.http.post("/incidents/1/notes", data={"csrf": "old", "text": "x"}, headers=HERE)
        assert refused.status_code == 403
        assert problem(refused.text).startswith("This form is too old")
        large = await helen.http.post("/incidents/1/notes", data={"text": "x" * 256_001}, headers=HERE)
        assert large.status_code == 413
        assert problem(large.text).startswith("The body is larger")
        assert problem(await helen.see("/nowhere", 404)) == "There is no such page."
    async with cast.browser() as anybody:
        out = await anybody.http.post("/incidents/1/notes", data={"text": "x"}, headers=HERE)
        assert out.status_code == 401
        assert problem(out.text) == "Sign in to see this page."


async def test_a_refusal_is_in_the_readers_language(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as anybody:
        anybody.http.headers["Accept-Language"] = "fr"
        assert problem(await anybody.see("/nowhere", 404)) == "Cette page n’existe pas."
        wrong = await anybody.http.post("/sign-in", data={"email": "x", "password": "y"}, headers=HERE)
        assert problem(wrong.text) == "Cette adresse et ce mot de passe ne vont pas ensemble."


async def test_what_one_form_alone_refuses_is_too_with_what_it_quotes(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("marta") as marta:
        declared = await marta.send("/incidents", brand="1", title="x", type="accident", severity="red")
        assert problem(declared.text) == "La marca té un incident obert, el número 1: uneix-t’hi."
        await marta.send("/incidents/1/severity", severity="amber", reason="x")
        again = await marta.send("/incidents/1/severity", severity="amber", reason="x")
        assert problem(again.text).startswith("Ja té aquesta gravetat. Marta")
        query = await marta.send("/monitors/new/save", brand="1", name="x", type="topic", query="lang:zz9")
        assert "La consulta no es pot llegir: 'zz9' no és cap llengua" in problem(query.text)


NO_LANGUAGE = {
    "en": "'de' is not one of the languages: choose one of en, es, ca, fr.",
    "es": "'de' no es uno de los idiomas: elige uno de en, es, ca, fr.",
    "ca": "'de' no és cap de les llengües: tria’n una entre en, es, ca, fr.",
    "fr": "'de' n’est pas une des langues\N{NO-BREAK SPACE}: choisissez-en une parmi en, es, ca, fr.",
}


async def test_no_language_is_refused_in_the_same_words_wherever_one_is_chosen(core: Core) -> None:
    cast = await Cast.assemble(core)
    department = {"name": "Fleet", "language": "de", "timeZone": "UTC", "hours": "1"}
    async with cast.browser("helen") as helen:
        for language, words in NO_LANGUAGE.items():
            await helen.done("/me/reading", page="/me", language=language, timeZone="UTC")
            mine = await helen.send("/me/reading", page="/me", language="de", timeZone="UTC")
            theirs = await helen.send("/departments/new", page="/departments", **department)
            assert [problem(mine.text), problem(theirs.text)] == [words, words]


async def test_a_refused_password_is_told_and_not_shown_again(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as marta:
        wrong = await marta.send("/me/password", page="/me", current="a wrong guess", new="a long new one")
        short = await marta.send("/me/password", page="/me", current="a wrong guess", new="shortish")
    assert problem(wrong.text) == "Aquesta no és la teva contrasenya."
    assert problem(short.text) == "Una contrasenya té 12 caràcters o més."
    for text in ("a wrong guess", "a long new one", "shortish"):
        assert text not in wrong.text + short.text


async def heard(core: Core, text: str) -> None:
    async with core.database.unit_of_work() as session:
        now, monitors = core.clock.now(), await enabled_monitors(session)
        await store(session, [Batch(1, now, (draft(text, at=now),))], scorer=scorer(), monitors=monitors)


async def test_a_refused_send_keeps_the_note_and_the_place(core: Core, clock: MovableClock) -> None:
    """The list goes on while one writes: a refusal shows the one that one wrote beside."""
    cast = await Cast.assemble(core)
    await heard(core, "Brisa is out of stock again")
    async with cast.browser("marta") as marta:
        shown = await marta.see("/mentions?brand=brisa&lang=en")
        (action,) = re.findall(r'action="(/mentions/\d+/raise[^"]*)"', shown)
        clock.forward(seconds=30)
        await heard(core, "Brisa opens a shop in the harbour")
        answer = await marta.send(unescape(action), label="praise", department="999", note="Ask the shop.")
    assert answer.status_code == 422
    assert problem(answer.text) == "Aquest departament no existeix."
    assert "out of stock again" in answer.text
    assert "Ask the shop.</textarea>" in answer.text
    assert '<option value="praise" selected>' in answer.text
    assert '<option value="brisa" selected>' in answer.text
    assert '<option value="en" selected>' in answer.text
    assert "opens a shop" not in answer.text


async def test_times_and_places_that_nothing_can_be_at_are_refused(core: Core) -> None:
    cast = await Cast.assemble(core)
    early = "0001-01-01T00:00"
    async with cast.browser("helen") as helen:
        monitor = re.findall(r'href="/monitors/(\d+)', await helen.see("/monitors"))[0]
        await helen.see("/mentions?before=-1", 422)
        await helen.see(f"/monitors/{monitor}/backtest?since=0001-01-01", 422)
        await helen.see(f"/monitors/{monitor}/backtest?until=0001-01-01", 422)
        missed = await helen.send(f"/monitors/{monitor}/missed", at=early, note="x")
        heard = await helen.send("/mentions", heardAt=early, brand="1", text="x", kind="call", key="k")
        for answer in (missed, heard):
            assert (answer.status_code, problem(answer.text)) == (422, "Give a day and a time.")
