"""Bodies that are pushed at us: unpacked, decoded and parsed within limits. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from kit import not_json
from kit.errors import Invalid
from mentions.sources.base import Fault, Items
from mentions.sources.web import charset, decoded, refuse_constant

MAX_BODY = 5_000_000  # bytes, as sent and unpacked
MAX_ITEMS = 5_000
MAX_MEMBERS = 100
"""Of one gzip: each costs a copy of all that follows it, and a sender packs a body as one."""


def unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its gzip. Invalid when it is too large, packed otherwise, or broken."""
    coding = headers.get("content-encoding", "").strip().lower()
    if len(body) > MAX_BODY:
        _too_large(len(body))
    if coding in {"", "identity"}:
        return body
    if coding not in {"gzip", "x-gzip"}:
        raise Invalid("The body is packed in a way that is not read here: send it plain, or as gzip.")
    try:
        return _gunzipped(body)
    except zlib.error as error:
        raise Invalid("The body is not the gzip that it is said to be.") from error


def _gunzipped(body: bytes) -> bytes:
    """All members of the archive, as far as the limit reaches."""
    found, members = bytearray(), 0
    while body:
        members += 1
        if members > MAX_MEMBERS:
            raise zlib.error("too many members")
        unpacker = zlib.decompressobj(wbits=31)
        found += unpacker.decompress(body, MAX_BODY + 1 - len(found))
        if len(found) > MAX_BODY:
            _too_large(None)
        if not unpacker.eof:
            raise zlib.error("cut off")
        body = unpacker.unused_data
    return bytes(found)


def _too_large(size: int | None) -> NoReturn:
    told = f"{size:,} bytes" if size is not None else "more"
    raise Invalid(f"The body has {told}; the limit is {MAX_BODY:,}, unpacked. Send smaller batches.")


def text(body: bytes, headers: Mapping[str, str]) -> str:
    """The body as text: by its byte order mark or charset, else UTF-8. Invalid when it is neither."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if body.startswith(mark):
            return _decoded(body[len(mark) :], encoding)
    return _decoded(body, charset(headers.get("content-type", "")) or "utf-8")


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except (LookupError, UnicodeError) as error:
        raise Invalid(
            f"The body is not in {encoding.upper()}, and its Content-Type says no other."
        ) from error


def parsed(body: bytes, headers: Mapping[str, str], *, forgiving: bool = False) -> Any:
    """The body's JSON; of two values for one name the last holds. Invalid for anything else.

    `forgiving`: in whatever encoding it is, for a sender that neither mends it nor sends it again.
    """
    try:
        said = decoded(body, headers.get("content-type", "")) if forgiving else text(body, headers)
        return json.loads(said, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The body is not JSON: {not_json.why(error)}.") from error


def at_most(items: Sequence[object]) -> None:
    """Invalid when there are more items than one batch may have."""
    if len(items) > MAX_ITEMS:
        raise Invalid(f"{len(items):,} items in one batch; the limit is {MAX_ITEMS:,}.", field="mentions")


def judged(items: Sequence[object], read: Any) -> Items:
    """Every item read by `read`; one that is none costs the others nothing."""
    at_most(items)
    drafts, faults = [], []
    for index, item in enumerate(items):
        try:
            drafts.append(read(item))
        except Invalid as error:
            faults.append(Fault(index=index, field=error.field, reason=error.message))
    return Items(drafts, rejected=len(faults), faults=faults)
