"""A source's field map: where our fields stand in somebody else's JSON. Pure; compiled once per map.

The map names, for a field of ours, where it stands: `user.name` (dots into nested objects), a JSON path of
RFC 9535 that begins with `$` (`$.tags[*].label`, the item being the root), `=review` (always this value), or
several of these with `|` between, of which the first that holds something is taken. `items` says where in
the body the list of items is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from kit.errors import Invalid
from mentions.drafts import json_paths
from mentions.drafts.draft import FIELDS
from mentions.drafts.kinds import kind_of

ITEMS = "items"
MAX_SPEC = 500  # characters
LONG_FIELDS = frozenset({"text", "title"})
"""Fields whose several values are told one below the other; of the others the first one counts."""
NAMES = frozenset({"author", "title", "place"})
"""Fields in which a number is somebody's or something's name."""
NUMBERS = (int, float)
NAMES_OF_AN_AUTHOR = ("name", "display_name", "username", "handle", "screen_name", "id")

USUAL = {
    "followers": "followers | author.followers | author.followers_count",
    "country": "country | source.country",
    "kind": "kind | source.type",
}
"""Where a field stands if nobody said otherwise, beyond its own name."""

Find = Callable[[object], object]


class Place(NamedTuple):
    """Where one field of ours stands."""

    field: str
    name: str | None
    """The member of the item that is asked first; None where the first way is another."""
    ways: tuple[Find, ...] = ()
    """The others, in their order."""


@dataclass(frozen=True)
class FieldMap:
    """A compiled map."""

    items: Find | None
    places: tuple[Place, ...]

    def listed(self, content: object) -> list[object] | None:
        """The items of a body; None when there is no list where it should be. Invalid: nested too deep."""
        found = self.items(content) if self.items else _usual_items(content)
        if isinstance(found, dict) and self.items:
            return [found]
        return found if isinstance(found, list) else None

    def read(self, obj: object) -> dict[str, object]:
        """The item under our names, for `mentions.drafts.draft.parse`. Invalid if no object or too deep."""
        if not isinstance(obj, dict):
            raise Invalid("A mention must be an object with named fields.")
        read: dict[str, object] = {}
        for field, name, ways in self.places:
            found = obj.get(name) if name is not None else None
            if not found and not isinstance(found, NUMBERS):
                found = _first(ways, obj) if ways else None
            read[field] = found if found is None else _plain(field, found)
        return read


def compiled(given: Mapping[str, str]) -> FieldMap:
    """The map, ready for use. Invalid names the field whose place cannot be read."""
    return _compiled(tuple(sorted((ours, where) for ours, where in given.items() if where)))


@lru_cache(maxsize=256)
def _compiled(given: tuple[tuple[str, str], ...]) -> FieldMap:
    told = dict(given)
    if unknown := sorted(set(told) - {*FIELDS, ITEMS}):
        raise Invalid("{!r} is not one of {}.", unknown[0], ", ".join((ITEMS, *FIELDS)), field=unknown[0])
    where = {field: told.get(field) or USUAL.get(field, field) for field in FIELDS}
    return FieldMap(
        items=_listing(told[ITEMS]) if ITEMS in told else None,
        places=tuple(place(field, spec) for field, spec in where.items()),
    )


def _listing(spec: str) -> Find:
    """What finds the items: what the first way finds, else the list that stands there with nothing in it."""
    found = ways(ITEMS, spec)
    whole = tuple(_find(ITEMS, part.removesuffix("[*]")) for part in _parts(ITEMS, spec))

    def listed(content: object) -> object:
        return _first(found, content) or next((one for find in whole if (one := find(content)) == []), None)

    return listed


def ways(field: str, spec: str) -> tuple[Find, ...]:
    """The alternatives of one field, in their order; Invalid says what is wrong with which."""
    return tuple(_find(field, part) for part in _parts(field, spec))


def place(field: str, spec: str) -> Place:
    """Where a field of an item stands; Invalid as of `ways`."""
    first, *others = _parts(field, spec)
    if first.startswith(("$", "=")) or "." in first:
        return Place(field, None, ways(field, spec))
    return Place(field, first, tuple(_find(field, part) for part in others))


def _parts(field: str, spec: str) -> list[str]:
    if len(spec) > MAX_SPEC:
        raise Invalid("{}: a path has at most {} characters.", field, MAX_SPEC, field=field)
    parts = [part.strip() for part in split(spec)]
    if not all(parts):
        raise Invalid("{}: {!r} has an empty alternative.", field, spec, field=field)
    return parts


def split(spec: str) -> list[str]:
    """The alternatives between `|`, which is none of that inside quotes and brackets, or when doubled."""
    parts, depth, quote, at = [""], 0, "", 0
    while at < len(spec):
        sign = spec[at]
        if quote:
            if sign == "\\":
                parts[-1] += spec[at : at + 2]
                at += 2
                continue
            quote = "" if sign == quote else quote
        elif sign in "'\"" and depth:
            quote = sign
        elif sign == "|" and not depth:
            parts.append("")
            at += 1
            continue
        else:
            depth = max(0, depth + (sign in "[(") - (sign in "])"))
        parts[-1] += sign
        at += 1
    return parts


def _find(field: str, part: str) -> Find:
    if part.startswith("="):
        constant = part[1:].strip()
        return lambda _: constant
    if not part.startswith("$"):
        return _reader(part)
    try:
        return json_paths.reader(part)
    except Invalid as error:
        raise Invalid("{}: {}", field, error.message, field=field) from error


def _reader(name: str) -> Find:
    """What finds the value under `name`, or under its parts when it is a dotted path into nested objects."""
    parts = name.split(".")
    if len(parts) == 1:
        return lambda content: content.get(name) if isinstance(content, dict) else None

    def reached(content: object) -> object:
        if isinstance(content, dict) and name in content:
            return content[name]
        for part in parts:
            content = content.get(part) if isinstance(content, dict) else None
        return content

    return reached


def _first(alternatives: Sequence[Find], content: object) -> object:
    """What the first one finds that says something: no empty text, list or object, but 0 and false do."""
    for find in alternatives:
        found = find(content)
        if found or isinstance(found, NUMBERS):
            return found
    return None


def _usual_items(content: object) -> object:
    """A bare list, the list under `mentions`, or one mention by itself."""
    if isinstance(content, dict):
        alone = [content] if content.keys() & {"text", "deleted"} else None
        return content.get("mentions", alone)
    return content


def _plain(field: str, value: object) -> object:
    """The value as one scalar where the sender has a list or an object."""
    if isinstance(value, str) and field != "kind":
        return value
    if isinstance(value, list):
        scalars = [one for one in value if one is not None and not isinstance(one, list | dict)]
        if field in LONG_FIELDS:
            return "\n".join(one for one in scalars if isinstance(one, str)) or None
        value = scalars[0] if scalars else _first_object(value)
    if field == "author" and isinstance(value, dict):
        author = value
        value = next((author[name] for name in NAMES_OF_AN_AUTHOR if author.get(name)), None)
    if field == "kind":
        return kind_of(value)
    if field in NAMES and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _first_object(values: list[object]) -> object:
    return next((one for one in values if isinstance(one, dict)), None)
