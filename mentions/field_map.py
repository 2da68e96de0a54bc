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

from kit.errors import Invalid
from mentions import json_paths
from mentions.draft import FIELDS
from mentions.kinds import kind_of

ITEMS = "items"
MAX_SPEC = 500  # characters
LONG_FIELDS = frozenset({"text", "title"})
"""Fields whose several values are told one below the other; of the others the first one counts."""
NAMES = frozenset({"author", "title", "place"})
"""Fields in which a number is somebody's or something's name."""
NAMES_OF_AN_AUTHOR = ("name", "display_name", "username", "handle", "screen_name", "id")

USUAL = {
    "followers": "followers | author.followers | author.followers_count",
    "country": "country | source.country",
    "kind": "kind | source.type",
}
"""Where a field stands if nobody said otherwise, beyond its own name."""

Find = Callable[[object], object]


@dataclass(frozen=True)
class FieldMap:
    """A compiled map."""

    items: Find | None
    fields: tuple[tuple[str, tuple[Find, ...]], ...]

    def listed(self, content: object) -> list[object] | None:
        """The items of a body; None when there is no list where it should be. Invalid: nested too deep."""
        found = self.items(content) if self.items else _usual_items(content)
        if isinstance(found, dict) and self.items:
            return [found]
        return found if isinstance(found, list) else None

    def read(self, obj: object) -> dict[str, object]:
        """The item under our names, for `mentions.draft.parse`. Invalid when it is no object, or too deep."""
        if not isinstance(obj, dict):
            raise Invalid("A mention must be an object with named fields.")
        found = ((field, _first(ways, obj)) for field, ways in self.fields)
        return {field: None if value is None else _plain(field, value) for field, value in found}


def compiled(given: Mapping[str, str]) -> FieldMap:
    """The map, ready for use. Invalid names the field whose place cannot be read."""
    return _compiled(tuple(sorted((ours, where) for ours, where in given.items() if where)))


@lru_cache(maxsize=256)
def _compiled(given: tuple[tuple[str, str], ...]) -> FieldMap:
    told = dict(given)
    if unknown := sorted(set(told) - {*FIELDS, ITEMS}):
        raise Invalid("{!r} is not one of {}.", unknown[0], ", ".join((ITEMS, *FIELDS)), field=unknown[0])
    where = {field: told.get(field) or USUAL.get(field, field) for field in FIELDS}
    items = ways(ITEMS, told[ITEMS]) if ITEMS in told else None
    return FieldMap(
        items=(lambda content: _first(items, content)) if items else None,
        fields=tuple((field, ways(field, spec)) for field, spec in where.items()),
    )


def ways(field: str, spec: str) -> tuple[Find, ...]:
    """The alternatives of one field, in their order; Invalid says what is wrong with which."""
    if len(spec) > MAX_SPEC:
        raise Invalid("{}: a path has at most {} characters.", field, MAX_SPEC, field=field)
    parts = [part.strip() for part in split(spec)]
    if not all(parts):
        raise Invalid("{}: {!r} has an empty alternative.", field, spec, field=field)
    return tuple(_find(field, part) for part in parts)


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
        return lambda content: reach(content, part)
    try:
        return json_paths.reader(part)
    except Invalid as error:
        raise Invalid("{}: {}", field, error.message, field=field) from error


def reach(content: object, name: str) -> object:
    """The value under `name`, or under its parts when `name` is a dotted path into nested objects."""
    if not isinstance(content, dict) or name in content or "." not in name:
        return content.get(name) if isinstance(content, dict) else None
    found: object = content
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _first(alternatives: Sequence[Find], content: object) -> object:
    for find in alternatives:
        found = find(content)
        if found is not None and found != "" and found != [] and found != {}:
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
