"""The forms, sent as a browser without scripts sends them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.events import last_seq
from runbooks.library import LIBRARY
from runbooks.run import Step
from runbooks.start import start_due_runs
from tests.web.cast import PASSWORD, Cast
from web.render import TEMPLATES

ROOM = "/incidents/1"
PATTERN = re.compile(r'\bpattern="([^"]+)"')
BARE_HYPHEN = re.compile(r"\[-|[^\\]-\]")


async def steps(core: Core, **wanted: Any) -> list[Step]:
    """The incident's steps with these values, by position."""
    async with core.database.read() as session:
        found = await session.execute(select(Step).filter_by(**wanted).order_by(Step.position))
        return list(found.scalars())


async def partner_statement(core: Core) -> Step:
    """A statement that the runbook gives to the agency."""
    return next(step for step in await steps(core, kind="statement") if step.owner_organisation_id)


async def test_sign_in_and_out(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        await browser.see("/incidents", 303)
        wrong = await browser.send("/sign-in", email="helen@llevant.example", password="wrong")
        assert wrong.status_code == 401
        assert 'value="helen@llevant.example"' in wrong.text, "nobody types a mail address twice"
        assert "tocsin_session" not in wrong.headers.get("set-cookie", "")
        right = await browser.send(
            "/sign-in", email="helen@llevant.example", password=PASSWORD, next="/incidents"
        )
        assert (right.status_code, right.headers["location"]) == (303, "/incidents")
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        await browser.see("/incidents")
        await browser.done("/sign-out")
        await browser.see("/incidents", 303)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", ""])
async def test_sign_in_leads_nowhere_else(core: Core, target: str) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        answer = await browser.send("/sign-in", email="helen@llevant.example", password=PASSWORD, next=target)
        assert answer.headers["location"] == "/"


async def test_acknowledge_then_say_who_has_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("marta") as marta, cast.browser("helen") as helen:
        assert "Me’n faig càrrec" in await marta.see(f"/alerts/{alert}")
        assert await marta.done(f"/alerts/{alert}/acknowledge") == f"/alerts/{alert}"
        assert "Marta Vidal acknowledged it at" in await helen.see(f"/alerts/{alert}")
        refused = await helen.send(f"/alerts/{alert}/acknowledge")
        assert refused.status_code == 409
        assert "Marta Vidal" in refused.text


async def test_the_acts_of_a_war_room(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        await helen.done(f"{ROOM}/lead", member=str((await cast.member("helen")).id))
        await helen.done(f"{ROOM}/join")
        await helen.done(f"{ROOM}/severity", severity="amber", reason="The coast guard has it in hand")
        await helen.done(f"{ROOM}/briefing", text="A crossing has stopped.")
        await helen.done(f"{ROOM}/notes", text="The captain called.\nAll is well <3")
        page = await helen.see(ROOM)
        assert "The coast guard has it in hand" in page
        assert "A crossing has stopped." in page
        assert "All is well &lt;3" in page
        assert re.search(r"Lead</dt><dd class=\"big\">Helen Marsh", page)
        choices = page[page.index("New lead") :].split("</select>")[0]
        assert re.findall(r">([^<]+)</option>", choices) == ["Claire Roussel", "Jon Etxarri", "Marta Vidal"]
        await helen.done(f"{ROOM}/lead", member=str((await cast.member("jon")).id))
        assert re.search(r"Lead</dt><dd class=\"big\">Jon Etxarri", await helen.see(ROOM))


async def test_steps_are_done_skipped_given_approved_and_returned(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    plain, other, *_ = await steps(core, kind="task", needs_approval=False)
    guarded = (await steps(core, kind="task", needs_approval=True))[0]
    jon = (await cast.member("jon")).id
    async with cast.browser("marta") as marta, cast.browser("helen") as helen:
        assert await marta.done(f"/steps/{plain.id}/complete", next=ROOM) == ROOM
        await helen.done(f"/steps/{other.id}/reassign", owner=f"member:{jon}")
        assert (await steps(core, id=other.id))[0].owner_id == jon
        await helen.done(f"/steps/{other.id}/skip", reason="The port has done it")
        await marta.done(f"/steps/{guarded.id}/complete")
        await helen.done(f"/steps/{guarded.id}/return", reason="Name the refund")
        await marta.done(f"/steps/{guarded.id}/complete")
        await helen.done(f"/steps/{guarded.id}/approve")
        again = await marta.send(f"/steps/{plain.id}/skip", reason="no")
        assert again.status_code == 409
    states = [(await steps(core, id=step.id))[0].state for step in (plain, other, guarded)]
    assert states == ["done", "skipped", "done"]


async def test_a_statement_from_the_agency_to_the_public(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = await partner_statement(core)
    at = f"/steps/{step.id}"
    async with cast.browser("nuria") as nuria, cast.browser("helen") as helen:
        assert step.title in await nuria.see("/desk")
        await nuria.done(f"{at}/statement", page="/desk", text="We know.")
        await nuria.done(f"{at}/statement", page="/desk", text="We know, and we are sorry.", version="1")
        late = await nuria.send(f"{at}/statement", page="/desk", text="Written elsewhere", version="1")
        assert late.status_code == 409
        assert "Written elsewhere" in late.text, "what was typed is not lost"
        await nuria.done(f"{at}/submit", page="/desk")
        response = (await steps(core, id=step.id))[0].response_id
        for act in ("approve", "publish"):
            refused = await nuria.send(f"{ROOM}/responses/{response}/{act}", page="/desk", version="2")
            assert refused.status_code == 404, "an agency does not learn that there is such a thing"
        page = await helen.see(ROOM)
        assert "We know, and we are sorry." in page
        await helen.done(f"{ROOM}/responses/{response}/return", reason="Say when the next word comes")
        assert "Say when the next word comes" in await nuria.see(at)
        await nuria.done(f"{at}/statement", page="/desk", text="More at 04:00.", version="2")
        await nuria.done(f"{at}/submit", page="/desk")
        stale = await helen.send(f"{ROOM}/responses/{response}/approve", version="2")
        assert stale.status_code == 409, "one approves the text that one has read"
        await helen.done(f"{ROOM}/responses/{response}/approve", version="3")
        await helen.done(f"{ROOM}/responses/{response}/publish", url="https://almadia.example/news")
        assert "https://almadia.example/news" in await helen.see(ROOM)
    assert (await steps(core, id=step.id))[0].state == "done"


async def test_who_did_a_step_is_not_offered_to_approve_it(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    guarded = next(one for one in await steps(core, kind="task") if one.needs_approval)
    async with cast.browser("helen") as helen, cast.browser("marta") as marta:
        await marta.done(f"/steps/{guarded.id}/complete")
        for page in (f"/steps/{guarded.id}", ROOM):
            assert f"/steps/{guarded.id}/approve" in await helen.see(page)
            own = await marta.see(page)
            assert f"/steps/{guarded.id}/approve" not in own
            assert "l’ha de mirar algú altre" in own


async def test_who_wrote_a_statement_is_not_offered_to_approve_it(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = next(one for one in await steps(core, kind="statement") if not one.owner_organisation_id)
    at = f"/steps/{step.id}"
    async with cast.browser("helen") as helen, cast.browser("marta") as marta:
        await marta.done(f"{at}/statement", text="We know.")
        await marta.done(f"{at}/submit")
        approve = f"{ROOM}/responses/{(await steps(core, id=step.id))[0].response_id}/approve"
        for page in (at, ROOM):
            assert approve in await helen.see(page)
            own = await marta.see(page)
            assert approve not in own
            assert "de llegir algú altre" in own


async def test_who_wrote_a_later_version_is_not_offered_to_approve_it_either(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = next(one for one in await steps(core, kind="statement") if not one.owner_organisation_id)
    at = f"/steps/{step.id}"
    async with cast.browser("helen") as helen, cast.browser("marta") as marta, cast.browser("jon") as jon:
        await marta.done(f"{at}/statement", text="We know.")
        await jon.done(f"{at}/statement", text="We know, and we are sorry.", version="1")
        await marta.done(f"{at}/submit")
        approve = f"{ROOM}/responses/{(await steps(core, id=step.id))[0].response_id}/approve"
        for page in (at, ROOM):
            assert approve in await helen.see(page)
            assert approve not in await marta.see(page)
            assert approve not in await jon.see(page)


async def test_from_resolving_to_a_new_version(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    review = f"{ROOM}/review"
    async with cast.browser("helen") as helen:
        assert await helen.done(f"{ROOM}/resolve", summary="Everybody is ashore.") == review
        assert "Everybody is ashore." in await helen.see(review)
        await helen.done(f"{review}/summary", page=review, review="1", summary="It ended well.")
        await helen.done(f"{review}/lessons", page=review, review="1", kind="keep", text="The rota worked.")
        await helen.done(f"{review}/lessons", page=review, review="1", kind="change", text="Too late.")
        page = await helen.see(review)
        ran = re.search(r'href="/runbooks/([\w-]+)"', await helen.see(ROOM))
        choice = re.search(r'<option value="([\w-]+/[\w-]+)">1. ', page)
        assert choice
        assert ran
        assert choice[1].startswith(f"{ran[1]}/"), "the runbook that ran comes first, from its first step"
        assert page.count("<optgroup") == len(LIBRARY)
        slug, key = choice[1].split("/")
        form = await helen.see(f"{review}?lesson=2&step={choice[1]}")
        fields = prefilled(form)
        changed = {**fields, "title": "Say it at once", "dueMinutes": "x"}
        unclear = await helen.send(f"{review}/lessons/2/proposal", page=review, **changed)
        assert unclear.status_code == 422
        assert 'value="Say it at once"' in unclear.text
        await helen.done(f"{review}/lessons/2/proposal", page=review, **{**changed, "dueMinutes": "3"})
        page = await helen.see(review)
        assert '<ins><b aria-hidden="true">+</b>' in page
        assert "Say it at once" in page
        assert f'href="{review}#proposal-1"' in await helen.see(f"/runbooks/{slug}")
        await helen.done(f"{review}/proposals/1/accept", page=review)
        assert "version 2" in await helen.see(f"/runbooks/{slug}")
        assert "from a lesson of #1" in await helen.see(f"/runbooks/{slug}")
        await helen.done(f"{review}/close", page=review, review="1")
        assert "Review closed" in await helen.see(review)
    assert key == fields["step"]


def prefilled(page: str) -> dict[str, str]:
    """The values that the proposal's form came with."""
    form = page[page.index('id="propose"') :]
    form = form[: form.index("</form>")]
    fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form))
    fields["body"] = re.search(r"<textarea[^>]*>([^<]*)</textarea>", form)[1]  # type: ignore[index]
    fields["owner"] = re.search(r'<option value="([^"]+)" selected>', form)[1]  # type: ignore[index]
    if "checked" not in form:
        fields.pop("needsApproval", None)
    fields.pop("csrf")
    return fields


async def test_declare_a_drill(core: Core) -> None:
    cast = await Cast.assemble(core)
    brands = {"brand": "2", "type": "product_defect", "severity": "green", "drill": "on"}
    async with cast.browser("helen") as helen:
        empty = await helen.send("/incidents", title=" ", **brands)
        assert empty.status_code == 422
        assert await helen.done("/incidents", title="Glass in a bottle", **brands) == ROOM
        await start_due_runs(core)
        assert "Drill: for practice only" in await helen.see(ROOM)
        assert "Drill</span>" in await helen.see("/incidents")


@pytest.mark.parametrize(
    ("name", "path", "fields", "status"),
    [
        ("andreu", "/alerts/1/acknowledge", {}, 403),
        ("andreu", f"{ROOM}/notes", {"text": "hello"}, 403),
        ("andreu", "/steps/1/complete", {}, 403),
        ("andreu", f"{ROOM}/resolve", {"summary": "over"}, 403),
        ("nuria", "/alerts/1/acknowledge", {}, 404),
        ("nuria", f"{ROOM}/notes", {"text": "hello"}, 404),
        ("nuria", "/steps/1/complete", {}, 404),
        ("nuria", "/steps/1/statement", {"text": "hello"}, 404),
        ("nuria", "/steps/1/ask", {"text": "hello"}, 404),
        ("nuria", "/steps/1/questions/1/answer", {"text": "hello"}, 404),
        ("andreu", "/steps/1/ask", {"text": "hello"}, 403),
        ("andreu", "/steps/1/questions/1/answer", {"text": "hello"}, 403),
        ("nuria", "/incidents", {"title": "hello"}, 404),
    ],
)
async def test_who_may_not_act(core: Core, name: str, path: str, fields: dict[str, str], status: int) -> None:
    cast = await Cast.in_crisis(core)
    async with core.database.read() as session:
        before = await last_seq(session)
    async with cast.browser(name) as browser:
        answer = await browser.send(path, page="/desk", **fields)
        assert answer.status_code == status, answer.text[:1500]
    async with core.database.read() as session:
        assert await last_seq(session) == before


async def test_a_form_without_its_token_does_nothing(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        for token in ({}, {"csrf": "0" * 32}, {"csrf": "é"}):
            answer = await helen.http.post(f"{ROOM}/notes", data={"text": "forged", **token})
            assert answer.status_code == 403
        assert "forged" not in await helen.see(ROOM)


def test_browsers_read_every_pattern() -> None:
    """They read `pattern` with the flag `v`: a bare hyphen in a class is an error."""
    texts = {page: page.read_text() for page in TEMPLATES.rglob("*.html")}
    patterns = [(page.name, found) for page, text in texts.items() for found in PATTERN.findall(text)]
    assert patterns
    assert not [one for one in patterns if BARE_HYPHEN.search(one[1])]
