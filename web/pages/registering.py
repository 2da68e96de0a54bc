"""The form for what was heard and no source brings: a call, a letter, a complaint at the counter."""

from __future__ import annotations

from secrets import token_urlsafe

from starlette.responses import Response

from web.fields import optional, optional_local_time, text
from web.forms import Action
from web.visit import Visit

KINDS = ("call", "visit", "letter", "review", "article", "post")
"""What people of the house come across, the most frequent first."""


async def show(visit: Visit) -> Response:
    """The form, and above it what became of the one before."""
    asked = visit.request.query_params.get("registered", "")
    data = await visit.ask("Registering", key=asked)
    return visit.page(
        "registering.html",
        brands=data["brands"],
        done=data["registeredMention"],
        registered=asked,
        kinds=KINDS,
        key=visit.typed(visit.request.url.path, "key") or token_urlsafe(16),
    )


FORMS = [
    Action(
        "/mentions",
        "RegisterMention",
        show,
        "/mentions/new?registered={key}",
        {
            "brandId": text("brand"),
            "kind": text("kind"),
            "text": text("text"),
            "author": optional("author"),
            "place": optional("place"),
            "heardAt": optional_local_time("heardAt"),
            "url": optional("url"),
            "lang": optional("lang"),
            "key": text("key"),
        },
    ),
]
