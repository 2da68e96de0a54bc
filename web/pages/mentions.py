"""A brand's newest mentions, with filters, and what can be done with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from web.visit import Visit

LABELS = ("complaint", "question", "praise", "media", "lead", "threat", "spam")
TAGS = ("product", "people", "support", "business", "legal")
SENTIMENTS = ("negative", "neutral", "positive")
FILTERS = ("sentiment", "label", "lang", "source", "story")
PLACE = ("before", "beforeId")
"""Behind which mention the list goes on."""
PAGE = 30


async def show(visit: Visit) -> Response:
    """The list; without a brand that exists, the first one's."""
    about = await visit.ask("MentionFilters")
    asked = {name: visit.request.query_params.get(name, "")[:60] for name in ("brand", *PLACE, *FILTERS)}
    brand = next((one for one in about["brands"] if one["slug"] == asked["brand"]), None)
    brand = brand or next(iter(about["brands"]), None)
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
        sources=about["sources"],
        departments=[inbox["department"] for inbox in about["inboxes"]],
        asked=asked,
        here=f"/mentions?{urlencode(chosen | place)}",
        same=urlencode(chosen | _behind(found[0], including=True)) if found else "",
        older=f"/mentions?{urlencode(chosen | _behind(found[-1]))}" if len(found) == PAGE else "",
        labels=LABELS,
        tags=TAGS,
        sentiments=SENTIMENTS,
    )


def _behind(one: Mapping[str, Any], *, including: bool = False) -> dict[str, str]:
    """What asks for the mentions that are older than this one, or for this one and them."""
    return dict(zip(PLACE, (one["arrivedAt"], str(int(one["id"]) + including)), strict=True))
