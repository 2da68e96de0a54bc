"""What is taken for a file of mentions, and what is answered to all that is none."""

from __future__ import annotations

import gzip
import io
import zlib
from functools import partial
from tracemalloc import get_traced_memory, start, stop

import pytest

from kit.errors import Invalid
from mentions.importing import content
from mentions.importing.content import pieces

CSV = b"text,published_at\nhola,2026-03-01T10:00Z\n"


zipped = partial(gzip.compress, mtime=0)  # a test has one name in every process


def read(body: bytes) -> bytes:
    return b"".join(pieces(io.BytesIO(body)))


@pytest.mark.parametrize(
    "body",
    [
        CSV,
        CSV.decode().encode("utf-16"),
        CSV.decode().encode("utf-16-le"),
        b"\xef\xbb\xbf" + CSV,
        CSV.replace(b"hola", "caf\xe9 d\xe9u".encode("cp1252")),
        CSV.replace(b"\n", b"\r"),
        CSV * 40_000,
        b"a" * content.MAX_LINE + b"\n",
    ],
    ids=lambda body: f"{len(body)} bytes",
)
def test_text_comes_as_it_was_sent_packed_or_not(body: bytes) -> None:
    assert read(body) == body
    assert read(zipped(body)) == body
    assert read(zipped(body[:10]) + zipped(body[10:])) == body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (zipped(b""), "empty"),
        (b"PK\x03\x04" + b"x" * 99, "Excel"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x7fELF" + bytes(range(256)) * 40, "no text"),
        (b"a" * 3_000_000, "A line of the file"),
        (b"a,b\n" + b"x" * 3_000_000 + b"\n", "A line of the file"),
        (zipped(CSV)[:-9], "broken"),
        (zipped(CSV) + b"more", "broken"),
        (b"\x1f\x8b nothing of the kind", "broken"),
        (zipped(b"a\n") * 1_100, "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_such_file_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(body)


def test_a_file_over_the_limit_and_a_bomb_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_FILE", 5_000_000)
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"a\n" * 500_000) for _ in range(100)) + packer.flush()
    assert len(bomb) < 200_000
    for body in (bomb, b"a\n" * 3_000_000):
        start()
        with pytest.raises(Invalid, match="more than 5,000,000 bytes"):
            for _ in pieces(io.BytesIO(body)):
                pass
        peak = get_traced_memory()[1]
        stop()
        assert peak < 30_000_000
