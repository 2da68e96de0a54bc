"""HTML, lines and addresses: what every parser leans on."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.html import to_text
from mentions.sources.lines import read_lines
from mentions.sources.links import canonical, unwrapped


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("Fish &amp; chips &#x1F600; &nbsp; caf&eacute;", "Fish & chips 😀 café"),
        ("<script>steal()</script>seen<style>p{}</style>", "seen"),
        ('<a href="x > y">link</a> text', "link text"),
        ('<span class="invisible">https://</span>example.org', "https://example.org"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("no markup\n\n at   all", "no markup\nat all"),
        ("<b>never closed", "never closed"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("", ""),
        ("a\0b\ud800", "ab\ufffd"),
    ],
)
def test_html_reads_as_a_person_would(html: str, text: str) -> None:
    assert to_text(html) == text


@given(st.text(alphabet="<>/!-&;pbra \"'=\n\0x", max_size=200))
def test_any_markup_is_some_text(html: str) -> None:
    to_text(html)


@pytest.mark.parametrize("piece", ["<!--", "<", "<a ", '<a b="', "</", "<script>", "<![CDATA[", "<div>", "&"])
def test_markup_that_never_closes_takes_no_time(piece: str) -> None:
    began = time.process_time()
    to_text(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 20


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def lines(*parts: bytes, **options: Any) -> list[bytes | None]:
    return [line async for line in read_lines(chunks(*parts), **options)]


async def test_lines_come_out_however_they_were_cut() -> None:
    assert await lines(b"on", b"e\r", b"\ntwo\n\nhal", b"f") == [b"one", b"two", b""]
    assert await lines(b"one\nlast", last=True) == [b"one", b"last"]


async def test_a_line_without_end_does_not_grow() -> None:
    assert await lines(b"x" * 6, b"x" * 6, b"\nok\n", longest=10) == [None, b"ok"]
    assert await lines(b"x" * 11, longest=10, last=True) == [None]


@given(st.lists(st.binary(max_size=20), max_size=8))
async def test_lines_are_those_of_the_whole(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    assert await lines(*parts) == [line.removesuffix(b"\r") for line in whole.split(b"\n")[:-1]]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://News.Example/a?utm_source=x&id=7&fbclid=1#top", "https://news.example/a?id=7"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/?q=a%20b", "https://example.org/?q=a%20b"),
        ("javascript:alert(1)", None),
        ("//example.org/a", None),
        ("http://[broken/", None),
        ("", None),
    ],
)
def test_one_address_has_one_form(url: str, expected: str | None) -> None:
    assert canonical(url) == expected


def test_googles_redirects_are_unwrapped_and_nobody_elses() -> None:
    aim = "https://news.example/a?b=1"
    wrapped = "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fnews.example%2Fa%3Fb%3D1&ct=ga"
    assert unwrapped(wrapped) == aim
    assert unwrapped(wrapped.replace("www.google.com", "evil.example")) != aim
    assert unwrapped("https://www.google.com/url?url=javascript:alert(1)").startswith("https://www.google")
    assert unwrapped(aim) == aim
