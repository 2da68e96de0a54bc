"""Asking a server on the outside, politely and without trust.

Answers are bounded in size and time, redirects in number and aim; every refusal becomes one `Trouble` that
says what a person can do, or when to come back.
"""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import httpx

from kit.unreachable import why
from mentions.sources import limits, public
from mentions.sources.base import Connection, Trouble

MAX_BYTES = 10_000_000  # of one answer, unpacked
MAX_VALUES = 1_000_000
"""Of one answer in JSON, its texts' commas among them: a page of 1,000 mentions has 150,000."""
DEADLINE = 60.0  # seconds for one question with all its redirects
SILENCE = 90.0  # seconds without a byte after which a stream has died
MAX_REDIRECTS = 5
EXPLAINED = 300  # characters of a refusal that are read for its reason

PLAIN = frozenset({"", "identity"})
CODINGS = PLAIN | {"gzip"}
PIECE = 1 << 16  # bytes that are unpacked in one step
HEADERS = {"User-Agent": "Tocsin/0.1 (reputation monitoring)", "Accept-Encoding": "gzip"}

_UNSENDABLE = "The secret, or another setting, has a sign that cannot be sent."
_TOLD_TO_ALL = frozenset(
    {"host", "accept", "accept-encoding", "connection", "user-agent", "if-none-match", "if-modified-since"}
)

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_KNOWN = re.compile(
    r"(?:us-)?ascii|utf-?(?:8|16|32)(?:-?[lb]e)?|latin-?\d+|iso-?8859-\d+|(?:windows|cp)-?125\d|koi8-[ru]|"
    r"mac-?roman|shift[-_]?jis|euc-(?:jp|kr)|iso-2022-(?:jp|kr)|gbk|gb2312|gb18030|big5",
    re.IGNORECASE,
)
_NOT_LIKE_ASCII = ("utf16", "utf32", "iso2022")  # UTF-8's own decoder could take these for text


class Refused(Trouble):
    """An answer outside 2xx; `explained` is how it begins, for kinds that know their provider's words."""

    def __init__(self, trouble: Trouble, status: int, explained: str) -> None:
        super().__init__(trouble.message, retry_after=trouble.retry_after, permanent=trouble.permanent)
        self.status = status
        self.explained = explained


@dataclass(frozen=True)
class Page:
    """An answer with status 2xx, or 304 when the question was conditional."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str
    outside: bool
    """It came from a public address, so that whatever it names must be one."""

    @property
    def unchanged(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED

    @property
    def text(self) -> str:
        return decoded(self.content, self.headers.get("content-type", ""))

    def json(self) -> Any:
        """Raises Trouble when the answer is no JSON, or of so many values that it is no page of anything."""
        text = self.text
        if sum(map(text.count, ",[{")) > MAX_VALUES:
            raise Trouble(f"The answer holds more than {MAX_VALUES:,} values: it was not read.")
        try:
            return json.loads(text, parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Trouble("The answer is not JSON; is the address right?") from error


def client(*, outside: bool = False) -> httpx.AsyncClient:
    """A client as all sources use it. It follows no redirects: `get` does, with care.

    outside: it reaches public addresses alone.
    """
    timeout = httpx.Timeout(10.0, read=30.0)
    return httpx.AsyncClient(
        timeout=timeout,
        headers=HEADERS,
        follow_redirects=False,
        verify=public.trusted(),
        transport=public.transport(always=outside),
    )


async def get_json(
    connection: Connection,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
    deadline: float = DEADLINE,
) -> Any:
    """The JSON that the address answers with. Raises Trouble for everything else."""
    page = await get(connection, url, params=params, headers=headers, max_bytes=max_bytes, deadline=deadline)
    return page.json()


async def get(
    connection: Connection,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    outside: bool = False,
    max_bytes: int = MAX_BYTES,
    deadline: float = DEADLINE,
) -> Page:
    """One GET, following redirects. Raises Trouble: see `refusal`, and for size, time and the network.

    `outside`: the address was named by a server of the outside, and may not lead to the inside.
    """
    opened = answer(connection, "GET", url, params=params, headers=headers, outside=outside)
    return await _whole(opened, max_bytes, deadline)


async def ask(
    connection: Connection,
    method: str,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
    deadline: float = DEADLINE,
) -> Page:
    """One question with a whole answer; `form` is sent as a form, `auth` is a user and a password."""
    opened = answer(connection, method, url, params=params, headers=headers, form=form, auth=auth)
    return await _whole(opened, max_bytes, deadline)


async def _whole(
    opened: AbstractAsyncContextManager[httpx.Response], max_bytes: int, deadline: float
) -> Page:
    try:
        async with asyncio.timeout(deadline), opened as response:
            content = b"" if response.status_code == 304 else await _body(response, max_bytes)
            public_only = bool(response.request.extensions[public.ONLY])
            return Page(response.status_code, response.headers, content, str(response.url), public_only)
    except TimeoutError as error:
        raise Trouble(f"The answer took longer than {deadline:g} seconds.") from error


@asynccontextmanager
async def answer(
    connection: Connection,
    method: str,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    outside: bool = False,
    silence: float | None = None,
) -> AsyncIterator[httpx.Response]:
    """The open answer (2xx or 304) after its redirects, to be read as it comes: for streams.

    `outside`: as in `get`. `silence`: seconds without a byte after which reading fails. Failures of the
    network while the answer is being read become Trouble, too.
    """
    timeout = httpx.USE_CLIENT_DEFAULT if silence is None else httpx.Timeout(10.0, read=silence)
    try:
        aim = httpx.URL(url).copy_merge_params(params or {})
        try:
            request = connection.http.build_request(method, aim, headers=headers, data=form, timeout=timeout)
        except UnicodeEncodeError as error:
            raise Trouble(_UNSENDABLE, permanent=True) from error
        response = await _followed(connection, request, auth, outside=outside)
        try:
            yield response
        finally:
            await response.aclose()
    except httpx.TimeoutException as error:
        raise Trouble("The server did not answer in time.") from error
    except httpx.LocalProtocolError as error:  # it quotes what it would not send: it may be the secret
        raise Trouble(_UNSENDABLE, permanent=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Trouble(f"The connection failed: {why(error)}.") from error


async def _followed(
    connection: Connection, request: httpx.Request, auth: tuple[str, str] | None, *, outside: bool
) -> httpx.Response:
    """The first answer that is no redirect. A redirect may not lead from the outside to the inside."""
    first = request.url
    inside = not outside and await public.wholly_inside(public.written(first))
    request.extensions[public.ONLY] = not inside
    for _ in range(MAX_REDIRECTS + 1):
        response = await connection.http.send(
            request, stream=True, auth=auth if _one_server(first, request.url) else None
        )
        if response.next_request is None:
            await _refuse_bad(response, connection.now())
            connection.rest.seconds = limits.pause(response.headers, connection.now()) or 0.0
            return response
        await response.aclose()
        request = _allowed(request, response.next_request)
        if not inside:
            await public.refuse_inside(str(request.url))
    raise Trouble(f"The server sent us on more than {MAX_REDIRECTS} times.", permanent=True)


def _allowed(here: httpx.Request, on: httpx.Request) -> httpx.Request:
    """The request that a redirect makes of another; what identifies us stays with the server it is for."""
    if on.url.scheme not in {"http", "https"}:
        raise Trouble("The server sent us on to something other than http and https.", permanent=True)
    if not _one_server(here.url, on.url):
        if on.method not in {"GET", "HEAD"}:
            raise Trouble("The server sent a form on to another server.", permanent=True)
        for name in set(on.headers) - _TOLD_TO_ALL:
            del on.headers[name]
    return on


def _one_server(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def flow(response: httpx.Response) -> AsyncIterator[bytes]:
    """The bytes of a stream as they come. Trouble where they are packed: a few could be gigabytes at once."""
    _refuse_packed(response, PLAIN)
    return response.aiter_raw()


def _coding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


def _refuse_packed(response: httpx.Response, known: Collection[str]) -> None:
    coding = _coding(response)
    if coding not in known:
        raise Trouble(f"The answer is packed as {_words(coding)}, which we did not ask for.")


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """The answer piece by piece: httpx would make 64 MB at once of the 64 KB that it reads.

    Trouble where it is packed otherwise than we asked, or badly, or breaks off.
    """
    _refuse_packed(response, CODINGS)
    if _coding(response) in PLAIN:
        async for packed in response.aiter_raw():
            yield packed
        return
    unpacker, empty = zlib.decompressobj(wbits=31), True
    try:
        async for packed in response.aiter_raw():
            empty = False
            while packed:
                if unpacker.eof:  # a body may be several gzips, one behind another
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail or unpacker.unused_data
        if not (unpacker.eof or empty):
            raise zlib.error("cut off")
    except zlib.error as error:
        raise Trouble("The body is not the gzip that it is said to be.") from error


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    content = bytearray()
    async for piece in _unpacked(response):
        content += piece
        if len(content) > max_bytes:
            raise Trouble(f"The answer is larger than {max_bytes:,} bytes.")
    return bytes(content)


async def _refuse_bad(response: httpx.Response, now: datetime) -> None:
    if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
        return
    try:
        async with asyncio.timeout(DEADLINE):
            explained = decoded(await _start(response), response.headers.get("content-type", ""))
    except (TimeoutError, httpx.HTTPError, Trouble):
        explained = ""
    finally:
        await response.aclose()
    trouble = refusal(response.status_code, response.headers, explained, now)
    raise Refused(trouble, response.status_code, explained)


async def _start(response: httpx.Response) -> bytes:
    """The first bytes of an answer, as far as they are readable."""
    content = bytearray()
    async for piece in _unpacked(response):
        content += piece
        if len(content) > 10 * EXPLAINED:
            break
    return bytes(content[: 10 * EXPLAINED])


def refusal(status: int, headers: Mapping[str, str], explained: str, now: datetime) -> Trouble:
    """What a status outside 2xx means for us. `headers` in lower case. Pure.

    A limit that we met asks for patience (`mentions.sources.limits`). Other refusals of what we asked (4xx)
    are permanent: a person must look. 408, 425 and 5xx pass.
    """
    limited = limits.is_limit(status, headers, explained)
    wait = limits.patience(headers, now, limited=limited)
    if limited:
        return Trouble(f"The server asks us to come less often ({status}).", retry_after=wait)
    reason = f": {_words(explained)}" if explained.strip() and "<" not in explained else ""
    if status in (401, 403):
        return Trouble(f"The server refuses us access ({status}){reason}", permanent=True)
    if status in (404, 410):
        return Trouble(f"There is nothing at this address ({status}){reason}", permanent=True)
    passing = status in (408, 425) or not 400 <= status < 500
    return Trouble(f"The server answered {status}{reason}", retry_after=wait, permanent=not passing)


def decoded(content: bytes, content_type: str) -> str:
    """The bytes as text, whatever was declared: a byte order mark, UTF-8 if they are, the charset declared.

    Text that is valid UTF-8 beyond ASCII is UTF-8 for all practical purposes, and is often declared as
    something else. What fits nothing is read as Windows-1252, with U+FFFD for what even that does not know.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    declared = charset(content_type) or "utf-8"
    plain = re.sub(r"[-_]", "", declared.lower())
    order = (declared, "utf-8") if plain.startswith(_NOT_LIKE_ASCII) else ("utf-8", declared)
    for encoding in order:
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return content.decode("cp1252", "replace")


def charset(content_type: str) -> str | None:
    """The encoding that a Content-Type declares, if it is one that texts are written in."""
    found = _CHARSET.search(content_type)
    return found[1] if found and _KNOWN.fullmatch(found[1]) else None


def _words(text: str) -> str:
    """What a server said, fit for one line."""
    return " ".join(text.split())[:EXPLAINED]


def refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON, and no figure that anybody could mean."""
    raise ValueError(f"{name} is not JSON")
