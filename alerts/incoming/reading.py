"""What other tools send, read into one shape. Pure; nothing is believed, everything is bounded.

Own JSON is one object, or `{"alerts": [ … ]}`; Alertmanager's webhook is version 4; of any other JSON a field
map (`mentions.drafts.field_map`) says where our fields stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from alerts.wording.compose import one_line
from kit import not_json
from kit.errors import Invalid
from mentions.drafts.draft import storable
from mentions.drafts.field_map import Find, ways

MOST = 1_000
"""Alerts in one request."""
KEY_LENGTH, TITLE_LENGTH, TEXT_LENGTH, URL_LENGTH = 500, 300, 5_000, 2_000
LABELS, LABEL_LENGTH = 50, 300
FIELDS = ("key", "title", "severity", "state", "text", "url", "brand", "started_at")
"""What a field map may name, beside `items`."""
OVER = frozenset({"resolved", "ok", "closed", "recovered", "recovery", "normal", "up", "inactive"})
"""States that mean: it is over. Every other one means that it goes on."""
SEVERITIES: Mapping[str, str] = {
    **dict.fromkeys(("red", "critical", "crit", "page", "error", "high", "fatal", "emergency", "p1"), "red"),
    **dict.fromkeys(("amber", "warning", "warn", "medium", "minor", "major", "p2", "p3"), "amber"),
    **dict.fromkeys(("inform", "info", "information", "none", "debug", "low", "green", "p4"), "inform"),
}
LEVEL_OF = {"inform": "green", "amber": "amber", "red": "red"}
"""What our own alerts call the same."""
OTHERWISE = "amber"
"""Of a severity that nobody has explained: better awake than deaf."""


@dataclass(frozen=True)
class Incoming:
    """What a tool says about one thing."""

    key: str
    firing: bool
    title: str
    severity: str
    """inform, amber or red."""
    text: str = ""
    url: str = ""
    brand: str = ""
    """As the tool names it; empty: it does not."""
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None


@dataclass(frozen=True)
class Fault:
    index: int
    field: str
    reason: str


Items = tuple[list[tuple[int, Incoming]], list[Fault]]


def read(format: str, body: bytes, *, field_map: Mapping[str, str], severities: Mapping[str, str]) -> Items:
    """The alerts of a body with their places in it, and the faults of the others. Invalid for no JSON."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not JSON: {}.", not_json.why(error)) from error
    items, one = _READERS[format](content, field_map)
    if len(items) > MOST:
        raise Invalid("A request has at most {} alerts; this one has {}.", MOST, len(items))
    good, faults = [], []
    for index, item in enumerate(items):
        try:
            good.append((index, _checked(one(item), severities)))
        except (Invalid, RecursionError) as error:
            faults.append(
                Fault(index, getattr(error, "field", None) or "", getattr(error, "message", str(error)))
            )
    return good, faults


Values = Mapping[str, object]
Reader = Callable[[object, Mapping[str, str]], tuple[Sequence[object], Callable[[object], Values]]]


def _own(content: object, _: Mapping[str, str]) -> tuple[Sequence[object], Callable[[object], Values]]:
    items = content.get("alerts") if isinstance(content, dict) and "alerts" in content else [content]
    return _listed(items, "alerts"), _object


def _alertmanager(
    content: object, _: Mapping[str, str]
) -> tuple[Sequence[object], Callable[[object], Values]]:
    if not isinstance(content, dict) or str(content.get("version")) != "4":
        raise Invalid("This is not Alertmanager's webhook, version 4.", field="version")
    return _listed(content.get("alerts"), "alerts"), _of_alertmanager


def _of_alertmanager(item: object) -> Values:
    """One alert of a group; its fingerprint tells it from all others, however groups are cut."""
    found = _object(item)
    labels = {str(name): str(value) for name, value in _object(found.get("labels", {})).items()}
    notes = _object(found.get("annotations", {}))
    return {
        "key": found.get("fingerprint") or _digest(labels),
        "state": found.get("status"),
        "title": notes.get("summary") or notes.get("title") or labels.get("alertname"),
        "text": notes.get("description") or notes.get("message"),
        "severity": labels.get("severity"),
        "brand": labels.get("brand"),
        "url": notes.get("runbook_url") or found.get("generatorURL"),
        "labels": labels,
        "started_at": found.get("startsAt"),
    }


def _generic(
    content: object, field_map: Mapping[str, str]
) -> tuple[Sequence[object], Callable[[object], Values]]:
    finds = compiled(field_map)
    found = _first(finds["items"], content) if "items" in finds else content
    items = found if isinstance(found, list) else [found]

    def one(item: object) -> Values:
        values = {name: _first(finds[name], item) for name in FIELDS if name in finds}
        return {**values, "key": values.get("key") or _digest([values.get("title"), values.get("brand")])}

    return items, one


_READERS: Mapping[str, Reader] = {"own": _own, "alertmanager": _alertmanager, "generic": _generic}


def compiled(field_map: Mapping[str, str]) -> Mapping[str, tuple[Find, ...]]:
    """The map, ready for use; Invalid names what it cannot be."""
    return _compiled(tuple(sorted((name, spec) for name, spec in field_map.items() if spec)))


@lru_cache(maxsize=64)
def _compiled(field_map: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[Find, ...]]:
    told = dict(field_map)
    if unknown := sorted(set(told) - {*FIELDS, "items"}):
        raise Invalid("{!r} is not one of {}.", unknown[0], ", ".join(("items", *FIELDS)), field=unknown[0])
    if "title" not in told:
        raise Invalid("A field map must say where the title stands.", field="title")
    return {name: ways(name, spec) for name, spec in told.items()}


def _first(finds: Sequence[Find], content: object) -> object:
    for find in finds:
        found = find(content)
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if found not in (None, "", [], {}):
            return found
    return None


def _checked(values: Values, severities: Mapping[str, str]) -> Incoming:
    title = one_line(_text(values, "title", 2 * TITLE_LENGTH), TITLE_LENGTH)
    if not title:
        raise Invalid("An alert must have a title.", field="title")
    key = _text(values, "key", KEY_LENGTH * 2)
    if not key:
        raise Invalid("An alert must have a key: what is sent again with it is the same alert.", field="key")
    return Incoming(
        key=key if len(key) <= KEY_LENGTH else _digest(key),
        firing=_text(values, "state", 50).lower() not in OVER,
        title=title,
        severity=severity_of(_text(values, "severity", 50).lower(), severities),
        text=_text(values, "text", TEXT_LENGTH),
        url=_url(_text(values, "url", URL_LENGTH)),
        brand=_text(values, "brand", TITLE_LENGTH),
        labels=_labels(values.get("labels")),
        started_at=_time(values.get("started_at")),
    )


def severity_of(word: str, severities: Mapping[str, str]) -> str:
    """By the source's own table, then by the usual words; `*` of the table is for every word left."""
    return severities.get(word) or (SEVERITIES.get(word) if word else None) or severities.get("*", OTHERWISE)


def _text(values: Values, name: str, length: int) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid("{} must be text.", name, field=name)
    return storable(str(value)).strip()[:length]


def _url(value: str) -> str:
    return value if value.startswith(("https://", "http://")) else ""


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    pairs = [(name, one) for name, one in value.items() if isinstance(one, str | int | float)]
    return {
        storable(str(name))[:LABEL_LENGTH]: storable(str(one))[:LABEL_LENGTH] for name, one in pairs[:LABELS]
    }


def _time(value: object) -> datetime | None:
    """An instant in ISO form or in Unix seconds; None for anything else, and for years nobody means."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            found = datetime.fromisoformat(value)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 2000 < found.year < 2200 else None


def _listed(items: object, name: str) -> list[object]:
    if not isinstance(items, list):
        raise Invalid("{} must be a list.", name, field=name)
    return items


def _object(item: object) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Invalid("An alert must be an object with named fields.")
    return item


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
