"""In which encoding a file is written, by its bytes: exports come as UTF-8, UTF-16 and Windows-1252."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import IO

from kit.errors import Invalid

CHUNK = 1 << 20  # bytes
SAMPLE = 4096  # bytes in which UTF-16 without a mark shows by its zeros

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_text(path: Path, *, unicode_only: bool = False) -> IO[str]:
    """The file as text, line ends untouched; bytes that are no UTF-8 become lone surrogates.

    By those a line can be told afterwards. `unicode_only`: never Windows-1252. Invalid: it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            encoding = _encoding(file, unicode_only=unicode_only)
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        return path.open(encoding=encoding, errors=errors, newline="")
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}", field="file") from error


def _encoding(file: IO[bytes], *, unicode_only: bool) -> str:
    start = file.read(SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if half := _zeros(start):
        return half
    file.seek(0)
    return "utf-8" if unicode_only or _mostly_utf8(file) else "cp1252"


def _zeros(start: bytes) -> str | None:
    """UTF-16 without a mark: in a header of ASCII every other byte is zero."""
    if len(start) < 8 or start.count(0) < len(start) // 4:
        return None
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _mostly_utf8(file: IO[bytes]) -> bool:
    """Whether what is beyond ASCII is UTF-8 more often than not: some lines of it may be torn.

    In Windows-1252 a sign beyond ASCII stands alone between letters, which UTF-8 never does.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    whole = torn = 0
    while chunk := file.read(CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            broken = sum("\udc80" <= sign <= "\udcff" for sign in text)
            torn += broken
            whole += sum(sign > "\x7f" for sign in text) - broken
    return torn <= whole
