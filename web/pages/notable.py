"""Who weighs for a brand: the list of accounts and media, and the audience from which any account does."""

from __future__ import annotations

from starlette.responses import Response

from kit.errors import Invalid
from kit.numbers import natural
from web.fields import Form, part
from web.forms import Action
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """The list as it is, or as it was just typed."""
    data = await visit.ask("Notable", brandId=visit.param("brand"))
    return visit.page("notable.html", saved="saved" in visit.request.query_params, **data)


def names(_: Visit, form: Form) -> list[str]:
    """One handle or domain a line; commas part them, too."""
    lines = form.get("names", "").replace(",", "\n").splitlines()
    return [line.strip() for line in lines if line.strip()]


def followers(_: Visit, form: Form) -> int | None:
    """A whole number, however its thousands are parted; None when left empty."""
    raw = form.get("followers", "").strip()
    digits = "".join(raw.replace(".", "").replace(",", "").replace("'", "").replace("’", "").split())
    if not digits:
        return None
    found = natural(digits, digits=15)
    if found is None:
        raise Invalid("{!r} is not a whole number.", raw[:30], field="followers")
    return found


FORMS = [
    Action(
        "/brands/{brand}/voices",
        "SetNotable",
        show,
        "/brands/{brand}/voices?saved",
        {"brandId": part("brand"), "names": names, "followers": followers},
    ),
]
