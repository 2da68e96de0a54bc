"""Pieces of text that several channels lay out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from alerts.channels.base import Message, Values
from kit.errors import Invalid
from kit.languages import colon

LONGEST = 2000  # characters of one thing that is filled in


def lines(message: Message) -> Iterator[str]:
    """What the message knows, a line each: the facts, then how many more alerts it stands for."""
    yield from (f"{label}{colon(message.language)} {value}" for label, value in message.facts)
    if message.more_label:
        yield message.more_label
        yield from (f"- {title}" for title in message.more)


def cut(text: str, length: int) -> str:
    """At most `length` characters, with a sign where something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def filled(values: Values, name: str) -> str:
    """One thing that was filled in; Invalid when it is missing, far too long, or holds control characters."""
    value = str(values.get(name, "")).strip()
    if not value:
        raise Invalid("This is needed.", field=name)
    if len(value) > LONGEST or not value.isprintable():
        raise Invalid("This is too long, or holds signs that cannot be printed.", field=name)
    return value


def web_address(values: Values, name: str) -> str:
    """An `http(s)://` address with a host and without a user; Invalid for anything else."""
    value = filled(values, name)
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        _ = parts.port
    except ValueError:
        good = False
    if not good or " " in value:
        raise Invalid("Give an address that begins with https://.", field=name)
    return value


def hook_alone(values: Values) -> dict[str, str]:
    """The `Kind.check` of a channel of which nothing is known but the address of its hook, `url`."""
    return {"url": web_address(values, "url")}


def host_of(values: Values) -> str:
    """The server of the address, which is no secret as its path is."""
    return urlsplit(values.get("url", "")).hostname or ""
