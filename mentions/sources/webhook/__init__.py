"""The generic webhook: our own JSON, or any other by a field map, so that any suite's hook fits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kit.errors import Invalid, Unavailable
from mentions.drafts.draft import FIELDS, MentionDraft, parse, until
from mentions.drafts.field_map import ITEMS, FieldMap, compiled
from mentions.sources.base import Field, Items, Kind
from mentions.sources.bodies import judged, parsed

_HELP = "Where it stands: user.name, $.tags[*].label, =a constant; several with | between."
_LABELS = {
    ITEMS: "Items", "id": "ID", "published_at": "Time", "url": "Link", "lang": "Language", "uri": "URI",
    "deleted": "Deleted",
}  # fmt: skip


def label(name: str) -> str:
    """What people read for a field of ours, in English."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def receive(body: bytes, headers: Mapping[str, str], settings: Mapping[str, str], now: datetime) -> Items:
    """The mentions of a body; `settings` are the field map.

    Invalid when there is no list of items; Unavailable when the field map, which is ours, cannot be read.
    """
    field_map = _field_map(settings)
    found = field_map.listed(parsed(body, headers))
    if found is None and settings.get(ITEMS):
        raise Invalid(
            f"The body has no list of mentions at {settings[ITEMS]}, where this source's field map says.",
            field="mentions",
        )
    if found is None:
        raise Invalid(
            'The body must be {"mentions": […]} or a bare list of mentions; '
            "if the list stands elsewhere, the source's field map must say where.",
            field="mentions",
        )
    return judged(found, lambda item: _read(item, field_map, now))


def check(settings: Mapping[str, str]) -> None:
    """Invalid unless the field map can be read."""
    compiled(settings)


def _field_map(settings: Mapping[str, str]) -> FieldMap:
    try:
        return compiled(settings)
    except Invalid as error:
        raise Unavailable(f"This source is not set up well, send again later: {error.message}") from error


def _read(item: object, field_map: FieldMap, now: datetime) -> MentionDraft:
    given = field_map.read(item)
    given["arrived_at"] = None  # ours to say: a sender's clock must not move a mention to another minute
    return until(now, parse(given, now=now))


MAPPED = frozenset({ITEMS, *FIELDS}) - {"arrived_at"}
USUAL = frozenset({ITEMS, "id", "text", "published_at", "author", "url", "title"})
"""What nearly every suite sends; the others are told for the few that do."""

KIND = Kind(
    name="webhook",
    title="Webhook (JSON of any shape)",
    fields=tuple(
        Field(name, label(name), help=_HELP, rare=name not in USUAL)
        for name in (ITEMS, *FIELDS)
        if name in MAPPED
    ),
    prepare=(
        "Once connected it has an address, a secret and a second address that needs no signature. A suite is "
        "given the second address and nothing else. A program that can sign posts to the first, and signs "
        "with the secret in the headers X-Tocsin-Timestamp and X-Tocsin-Signature."
    ),
    check=check,
    receive=receive,
)
