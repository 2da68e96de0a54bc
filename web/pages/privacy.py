"""What is kept of the public's words, and forgetting an author who asks for it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import Invalid
from web.fields import flag, text
from web.forms import Action, form_of
from web.visit import Visit

FIGURES = ("mentions", "copies", "corrections", "alerts", "digests")


async def show(visit: Visit) -> Response:
    """For admins: the limit, and a form; after an author was erased, from how much the words were taken."""
    return _page(visit)


async def find(visit: Visit) -> Response:
    """The same with what there is of an author, and a button that erases it: nothing is changed before."""
    form = await form_of(visit)
    asked = {"author": text("author")(visit, form), "copies": flag("copies")(visit, form)}
    try:
        found = (await visit.ask("AuthorToErase", **asked))["authorToErase"]
    except Invalid as error:
        visit.refuse(error, form)
        return _page(visit)
    return _page(visit, asked, found)


def _page(visit: Visit, asked: dict[str, Any] | None = None, found: dict[str, Any] | None = None) -> Response:
    visit.require_admin()
    days = visit.core.settings.retention_days
    erased = visit.counts(FIGURES)
    return visit.page("privacy.html", days=days, erased=erased, asked=asked, found=found)


FORMS = [
    Action(
        "/privacy/erase",
        "EraseAuthor",
        show,
        "/privacy?" + "&".join(f"{name}={{{name}}}" for name in FIGURES),
        {"author": text("author"), "copies": flag("copies")},
    ),
]
