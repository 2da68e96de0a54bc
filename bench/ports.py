"""Waiting for a process to answer over HTTP."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException


def await_port(port: int, path: str = "/readyz", *, below: int = 400, within: float = 60) -> None:
    """Return when `path` answers with a status below the given one; RuntimeError after `within` seconds."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        with suppress(OSError, HTTPException):
            if _status(port, path) < below:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def _status(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        connection.request("GET", path)
        with closing(connection.getresponse()) as answer:  # one that says that it closes keeps the socket
            return answer.status
