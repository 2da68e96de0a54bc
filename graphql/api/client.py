"""Who sent a request: the address that connected to us, or whom our own proxies say they speak for."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from kit.addresses import within


def client_of(request: HTTPConnection, trusted: tuple[str, ...]) -> str | None:
    """The sender's address; `trusted` are the networks of our own proxies.

    X-Forwarded-For is read from its end, where our proxies write; what stands before the first address that
    is none of theirs was the sender's to make up.
    """
    told = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
    address = request.client.host if request.client else None
    while within(address, trusted) and told and told[-1]:
        address = told.pop()
    return address
