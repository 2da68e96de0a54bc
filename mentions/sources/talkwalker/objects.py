"""JSON objects out of a stream of bytes, one behind the other, each over one line or many. Pure."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

LONGEST = 2_000_000  # bytes of one object

_OUTSIDE = re.compile(rb'["{}]')
_INSIDE = re.compile(rb'["\\]')


class Splitter:
    """Fed with bytes as they come, tells each whole object.

    One that grows beyond `longest` is told as None, and reading begins anew at the next opening brace: what
    was torn by a fault on the way spoils no more than itself.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._held = bytearray()
        self._read = 0
        """How far `_held` was looked at."""
        self._depth = 0
        self._quoted = False

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        self._held += chunk
        while self._find_end():
            yield bytes(self._held[: self._read])
            self._drop(self._read)
        if self._depth == 0:
            self._drop(self._read)
        elif len(self._held) > self._longest:
            yield None
            self._drop(len(self._held))
            self._depth, self._quoted = 0, False

    def _find_end(self) -> bool:
        """Look on; whether an object ends where we stopped."""
        while found := (_INSIDE if self._quoted else _OUTSIDE).search(self._held, self._read):
            if found[0] == b"\\" and found.end() == len(self._held):
                self._read = found.start()  # what it escapes is not here yet
                return False
            self._read = found.end()
            if self._closes(found[0]):
                return True
        self._read = len(self._held)
        return False

    def _closes(self, sign: bytes) -> bool:
        """Take note of a sign; whether it closes the object."""
        if sign == b"\\":
            self._read += 1
        elif sign == b'"':
            self._quoted = self._depth > 0 and not self._quoted
        elif sign == b"{":
            if self._depth == 0:
                self._drop(self._read - 1)
                self._read = 1
            self._depth += 1
        elif self._depth > 0:
            self._depth -= 1
            return self._depth == 0
        return False

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._read = max(0, self._read - count)


async def read_objects(chunks: AsyncIterator[bytes], longest: int = LONGEST) -> AsyncIterator[bytes | None]:
    """Each object as bytes. What is half an object at the end of the stream is dropped."""
    splitter = Splitter(longest)
    async for chunk in chunks:
        for found in splitter.feed(chunk):
            yield found
