"""Asking servers on the outside, over real sockets, on their bad days."""

from __future__ import annotations

import gzip
import json
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources import public, web
from mentions.sources.base import Connection, Trouble
from mentions.sources.troubles import TROUBLES
from mentions.sources.web import decoded
from tests.mentions.sources.outside import Answer, Outside, as_json, as_text, connected, outside


@asynccontextmanager
async def asking() -> AsyncIterator[tuple[Outside, Connection]]:
    async with outside() as server, connected({}) as connection:
        yield server, connection


async def trouble(connection: Connection, server: Outside, *answers: Answer, **options: Any) -> Trouble:
    server.on("/x", *answers)
    with pytest.raises(Trouble) as caught:
        await web.get_json(connection, server.url + "/x", **options)
    return caught.value


async def test_json_comes_whole_and_parameters_join_those_of_the_address() -> None:
    async with asking() as (server, connection):
        server.on("/x", as_json({"a": "ñ"}))
        assert await web.get_json(connection, server.url + "/x?a=1", params={"b": 2}) == {"a": "ñ"}
        assert server.asked[0].params == {"a": "1", "b": "2"}
        assert "Tocsin" in server.asked[0].headers["user-agent"]


async def test_an_answer_of_nothing_but_brackets_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_VALUES", 20)
    async with asking() as (server, connection):
        found = await trouble(connection, server, as_text("[" + "[]," * 20 + "1]"))
        assert found.message == "The answer holds more than 20 values: it was not read."
        assert TROUBLES.told(found.message, "ca") != found.message


async def test_a_port_at_which_nobody_listens_is_told_in_each_language() -> None:
    async with asking() as (server, connection):
        address = server.url
    async with connected({}) as connection:
        with pytest.raises(Trouble) as caught:
            await web.get_json(connection, address + "/x")
    assert caught.value.message == "The connection failed: nobody answers at this address."
    assert TROUBLES.told(caught.value.message, "fr") == (
        "La connexion a échoué\xa0: personne ne répond à cette adresse."
    )


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait", "permanent"),
    [
        (429, {}, b"", None, False),
        (429, {"retry-after": "17"}, b"", 17.0, False),
        (503, {"retry-after": "Sun, 01 Mar 2026 12:02:00 GMT"}, b"", 120.0, False),
        (503, {}, b"<html>maintenance</html>", None, False),
        (401, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, b"", 30.0, False),
        (401, {}, b'{"error":"Rate limit exceeded"}', None, False),
        (403, {}, b'{"error":{"errors":[{"reason":"quotaExceeded"}]}}', None, False),
        (401, {}, b"bad token", None, True),
        (403, {}, b"", None, True),
        (404, {}, b"", None, True),
        (410, {}, b"", None, True),
        (400, {}, b"no such parameter", None, True),
        (400, {}, b"too many words; the limit of the page is exceeded: limit exceeded", None, True),
        (400, {}, b'{"error": {"message": "Application request limit reached", "code": 4}}', None, False),
        (400, {}, b"The key is wrong: see https://example.org/quota", None, True),
        (400, {}, b"You have exceeded your monthly quota.", None, False),
        (400, {"ratelimit": '"day";r=0;t=40'}, b"", 40.0, False),
        (420, {}, b"Enhance your calm", None, False),
        (500, {"x-ratelimit-remaining": "299", "x-ratelimit-reset": "3000"}, b"", None, False),
        (408, {}, b"", None, False),
        (500, {}, b"", None, False),
    ],
)
async def test_a_refusal_says_whether_to_wait_or_to_call_somebody(
    status: int, headers: dict[str, str], body: bytes, wait: float | None, permanent: bool
) -> None:
    async with asking() as (server, connection):
        found = await trouble(connection, server, Answer(status, (body,), headers))
        assert (found.retry_after, found.permanent) == (wait, permanent)
        assert str(status) in found.message


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, (b"{" * 5_000,)),
        Answer(200, (b'{"a": NaN}',)),
        Answer(200, (b"<html>please sign in</html>",)),
        Answer(200, (b"[" * 100_000,)),
        Answer(200, (b'{"half":',), ending="half"),
        Answer(200, (b'{"half":',), ending="reset"),
        Answer(200, (b"x" * 3_000,) * 5),
        Answer(200, (gzip.compress(b"0" * 1_000_000),), {"content-encoding": "gzip"}),
        Answer(200, (b"no gzip at all",), {"content-encoding": "gzip"}),
        Answer(200, (b"\x0b\x02\x80",), {"content-encoding": "br"}),
    ],
)
async def test_what_is_no_json_is_trouble_and_never_a_crash(answer: Answer) -> None:
    async with asking() as (server, connection):
        await trouble(connection, server, answer, max_bytes=12_000)


@pytest.mark.parametrize("status", [200, 500])
async def test_a_bomb_is_unpacked_no_further_than_it_is_read(status: int) -> None:
    """httpx would make 64 MB at once of the 64 KB that it reads."""
    bomb = gzip.compress(b" " * 30_000_000, 1)
    async with asking() as (server, connection):
        tracemalloc.start()
        try:
            await trouble(
                connection, server, Answer(status, (bomb,), {"content-encoding": "gzip"}), max_bytes=12_000
            )
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()


async def test_a_packed_answer_is_unpacked_piece_by_piece() -> None:
    said = list(range(50_000))
    written = json.dumps(said).encode()
    packed = gzip.compress(written[:100_000]) + gzip.compress(written[100_000:])  # as some servers send it
    async with asking() as (server, connection):
        parts = (packed[:10], packed[10:30_000], packed[30_000:])
        server.on("/x", Answer(200, parts, {"content-encoding": "GZIP"}))
        assert await web.get_json(connection, server.url + "/x") == said


async def test_a_packed_answer_that_breaks_off_is_not_taken_for_whole() -> None:
    packed, headers = gzip.compress(b"[1, 2]"), {"content-encoding": "gzip"}
    async with asking() as (server, connection):
        found = await trouble(connection, server, Answer(200, (packed[:-4],), headers))
        assert found.message == "The body is not the gzip that it is said to be."
        server.on("/empty", Answer(200, (), headers))
        assert (await web.get(connection, server.url + "/empty")).content == b""


async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    async with asking() as (server, connection):
        found = await trouble(connection, server, Answer(200, (b" ", 0.05) * 100), deadline=0.3)
        assert "0.3 seconds" in found.message


async def test_the_certificates_that_we_trust_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To read them takes longer than a page, and stops everything else meanwhile."""

    def read(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    async with web.client():
        monkeypatch.setattr(ssl, "create_default_context", read)
    async with web.client(outside=True):
        pass


async def test_a_server_that_is_not_there_is_trouble() -> None:
    async with connected({}) as connection:
        with pytest.raises(Trouble):
            await web.get(connection, "http://127.0.0.1:1/")
        with pytest.raises(Trouble):
            await web.get(connection, "http://[nonsense/")


async def test_redirects_are_followed_a_few_times() -> None:
    async with asking() as (server, connection):
        server.on("/x", as_text("", status=302, location="/y"))
        server.on("/y", as_json([1]))
        assert await web.get_json(connection, server.url + "/x") == [1]
        found = await trouble(connection, server, as_text("", status=302, location="/x"))
        assert "more than 5 times" in found.message


@pytest.mark.parametrize("aim", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/"])
async def test_a_redirect_to_something_other_than_the_web_is_refused(aim: str) -> None:
    async with asking() as (server, connection):
        assert (await trouble(connection, server, as_text("", status=302, location=aim))).permanent


async def test_the_outside_may_not_send_us_to_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "is_public", lambda address: str(address) == "127.0.0.1")
    async with asking() as (server, connection):
        found = await trouble(connection, server, as_text("", status=302, location="http://127.0.0.2:9/"))
        assert "inner network" in found.message
        assert found.permanent


@pytest.mark.parametrize("resolved", [["8.8.8.8", "127.0.0.1"], ["::1", "2606:4700::1111"]])
async def test_a_name_of_the_outside_with_an_inner_address_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, resolved: list[str]
) -> None:
    async with asking() as (server, connection):
        resolve(monkeypatch, [resolved])
        found = await trouble(connection, server, as_text("hello"))
        assert "inner network" in found.message
        assert server.asked == []


async def test_what_is_asked_is_what_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was outside when it was looked at, and is inside when it is asked."""
    async with asking() as (server, connection):
        resolve(monkeypatch, [["8.8.8.8"], ["127.0.0.1"]])
        found = await trouble(connection, server, as_text("a secret"))
        assert "inner network" in found.message
        assert server.asked == []


async def test_a_name_is_asked_by_its_address_and_called_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(public, "is_public", lambda address: True)
    async with asking() as (server, connection):
        resolve(monkeypatch, [["127.0.0.1"]])
        server.on("/x", as_text("hello"))
        named = server.url.replace("127.0.0.1", "news.example")  # nobody else could tell where that is
        assert (await web.get(connection, named + "/x")).text == "hello"
        assert server.asked[0].headers["host"] == named.removeprefix("http://")


async def test_a_name_is_looked_up_as_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """`faß` was `fass` in the first international names, and is a name of its own in today's."""
    asked = []

    async def addresses(host: str) -> list[IPv4Address | IPv6Address]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(public, "addresses", addresses)
    with pytest.raises(Trouble, match="inner network"):
        await public.refuse_inside("http://faß.example/")
    assert asked == ["xn--fa-hia.example"]


async def test_a_name_that_nobody_knows_is_a_passing_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking() as (_, connection):
        resolve(monkeypatch, [[]])
        with pytest.raises(Trouble, match="not known") as found:
            await web.get(connection, "http://news.example/")
        assert not found.value.permanent


def url_of(host: str) -> str:
    return f"http://[{host}]/" if ":" in host else f"http://{host}/"


def resolve(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> None:
    """Each look at a name has the next of these answers; the last one holds."""
    left = list(answers)

    async def addresses(host: str) -> list[IPv4Address | IPv6Address]:
        return [ip_address(one) for one in (left.pop(0) if len(left) > 1 else left[0])]

    monkeypatch.setattr(public, "addresses", addresses)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "localhost", "127.1", "0x7f000001", "2130706433",
        "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "::127.0.0.1",
        "224.0.0.1",
    ],
)  # fmt: skip
async def test_addresses_that_are_not_public(host: str) -> None:
    with pytest.raises(Trouble):
        await public.refuse_inside(url_of(host))


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"])
async def test_addresses_that_are_public(host: str) -> None:
    await public.refuse_inside(url_of(host))


async def test_a_token_stays_with_the_server_it_is_for() -> None:
    async with asking() as (server, connection), outside() as other:
        server.on("/x", as_text("", status=302, location=other.url + "/y"))
        other.on("/y", as_json([1]))
        await web.get(connection, server.url + "/x", headers={"Authorization": "Bearer t", "X-Api-Key": "k"})
        assert server.asked[0].headers["authorization"] == "Bearer t"
        assert not {"authorization", "x-api-key"} & set(other.asked[0].headers)


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("añó €".encode(), "text/xml; charset=iso-8859-1", "añó €"),
        ("añó".encode("latin-1"), "text/xml; charset=iso-8859-1", "añó"),
        ("añó".encode("latin-1"), "text/xml; charset=utf-8", "añó"),
        ("“añó”".encode("cp1252"), "", "“añó”"),
        ("añó".encode("utf-16"), "text/xml; charset=utf-8", "añó"),
        ("añó".encode("utf-16-le"), "text/xml; charset=utf-16le", "añó"),
        ("日本".encode("iso-2022-jp"), "text/xml; charset=iso-2022-jp", "日本"),
        (b"abc", "text/xml; charset=rot13", "abc"),
        (b"\xef\xbb\xbfabc", "", "abc"),
    ],
)
def test_text_is_read_whatever_was_declared(content: bytes, content_type: str, text: str) -> None:
    assert decoded(content, content_type) == text


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_some_text(content: bytes, content_type: str) -> None:
    assert isinstance(decoded(content, f"text/xml; charset={content_type}"), str)
