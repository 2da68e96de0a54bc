"""A brand's newest mentions, with filters, and what can be done with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from kit.numbers import natural
from mentions.mentions import SENTIMENTS
from mentions.triage.routing import TAGS
from web.fields import optional, part, text
from web.forms import Action
from web.visit import Visit

LABELS = ("complaint", "question", "praise", "media", "lead", "threat", "spam")
FILTERS = ("monitor", "sentiment", "label", "lang", "source", "author", "story")
PLACE = ("before", "beforeId")
"""Behind which mention the list goes on."""
PAGE = 30
UNSURE = 0.6
"""A sentiment that is less likely than this is said to be unsure."""


async def show(visit: Visit) -> Response:
    """The list; without a brand that exists, that of the monitor, else the first one's."""
    about = await visit.ask("MentionFilters")
    asked = {
        name: visit.request.query_params.get(name, "").strip()[:200] for name in ("brand", *PLACE, *FILTERS)
    }
    monitor = next((one for one in about["monitors"] if one["id"] == asked["monitor"]), None)
    brand = _brand(about["brands"], asked["brand"], monitor)
    monitors = [one for one in about["monitors"] if brand and one["brand"]["id"] == brand["id"]]
    if monitor not in monitors:
        asked["monitor"] = ""  # another brand was chosen beside it
    wanted = {name: asked[name] or None for name in (*FILTERS, *PLACE)}
    found = (await visit.ask("Mentions", brand=brand["id"], **wanted))["mentions"] if brand else []
    chosen = {name: asked[name] for name in FILTERS if asked[name]}
    if brand is not None:
        chosen = {"brand": brand["slug"], **chosen}
    place = {name: asked[name] for name in PLACE if asked[name]}
    return visit.page(
        "mentions.html",
        mentions=found,
        brand=brand,
        brands=about["brands"],
        monitors=monitors,
        sources=about["sources"],
        languages=about["languages"],
        unsure=UNSURE,
        departments=[inbox["department"] for inbox in about["inboxes"]],
        asked=asked,
        here=f"/mentions?{urlencode(chosen | place)}",
        left=_left(visit.request.query_params, found),
        same=urlencode(chosen | _behind(found[0], including=True)) if found else "",
        older=f"/mentions?{urlencode(chosen | _behind(found[-1]))}" if len(found) == PAGE else "",
        labels=LABELS,
        tags=TAGS,
        sentiments=SENTIMENTS,
    )


def _brand(
    brands: Sequence[Mapping[str, Any]], slug: str, monitor: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    by_id = {one["id"]: one for one in brands}
    asked = next((one for one in brands if one["slug"] == slug), None)
    return asked or (by_id[monitor["brand"]["id"]] if monitor else next(iter(brands), None))


def _behind(one: Mapping[str, Any], *, including: bool = False) -> dict[str, str]:
    """What asks for the mentions that are older than this one, or for this one and them."""
    return dict(zip(PLACE, (one["arrivedAt"], str(int(one["id"]) + including)), strict=True))


def _left(said: Mapping[str, str], found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the mention that was just corrected is out of the list; newer ones may have pushed it on."""
    number = natural(said.get("corrected", ""))
    if number is None or any(int(one["id"]) == number for one in found):
        return False
    ends = (found[-1]["arrivedAt"], int(found[-1]["id"])) if len(found) == PAGE else ("", 0)
    return (said.get("arrived", ""), number) > ends


FORMS = [
    Action(
        "/mentions/{mention}/raise",
        "RaiseMention",
        show,
        "/cases/{id}",
        {
            "mentionId": part("mention"),
            "label": text("label"),
            "departmentId": optional("department"),
            "note": text("note"),
        },
    ),
    Action(
        "/mentions/{mention}/label",
        "CorrectLabel",
        show,
        "/mentions",
        {"mentionId": part("mention"), "label": text("label")},
    ),
    Action(
        "/mentions/{mention}/sentiment",
        "CorrectSentiment",
        show,
        "/mentions",
        {"mentionId": part("mention"), "sentiment": text("sentiment")},
    ),
]
