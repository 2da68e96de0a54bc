"""Lines out of a stream of bytes, of which none may grow without bound."""

from __future__ import annotations

from collections.abc import AsyncIterator

LONGEST = 1_000_000  # bytes of one line


async def read_lines(
    chunks: AsyncIterator[bytes], *, longest: int = LONGEST, last: bool = False
) -> AsyncIterator[bytes | None]:
    r"""Each line without its end (`\n` or `\r\n`); None in place of one longer than `longest` bytes.

    What stands behind the last line end is half a line, from a connection that broke: it is dropped unless
    `last` says that the end of the stream ends a line, too.
    """
    waiting, skipping = bytearray(), False
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            too_long = skipping or len(waiting) + len(part) > longest
            yield None if too_long else bytes(waiting + part).removesuffix(b"\r")
            waiting.clear()
            skipping = False
        if skipping or len(waiting) + len(rest) > longest:
            waiting.clear()
            skipping = True
        else:
            waiting += rest
    if last and skipping:
        yield None
    elif last and waiting:
        yield bytes(waiting).removesuffix(b"\r")
