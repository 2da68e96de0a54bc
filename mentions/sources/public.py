"""Which addresses are public, and asking exactly those that were found to be.

A name may lead to the outside when it is looked at and to the inside when it is asked. So a request that is
`ONLY` for the outside goes to the very address that was judged.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.request import getproxies

import httpx

from mentions.sources.base import Trouble

ONLY = "tocsin_public_only"
"""Extension of a request (bool): it may not reach the inner network."""

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052
_INNER = (ip_network("::/96"), ip_network("64:ff9b:1::/48"))  # RFC 4291 (compatible), RFC 8215


class Transport(httpx.AsyncHTTPTransport):
    """Sends what is ONLY for the outside to a public address, and keeps no connection for the next request:
    it would be known by its address alone, and two names may share one."""

    def __init__(self, *, always: bool) -> None:
        super().__init__(verify=trusted(), limits=httpx.Limits(max_keepalive_connections=0))
        self._always = always

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._always or request.extensions.get(ONLY):
            request = await _aimed(request)
        return await super().handle_async_request(request)


@cache
def trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say. Read once: it takes 20 ms, in which nothing else is done."""
    return httpx.create_ssl_context()


def transport(*, always: bool = False) -> httpx.AsyncHTTPTransport | None:
    """For a client; `always`: each of its requests is ONLY for the outside.

    None where a proxy of the house looks names up, as the environment says.
    """
    return None if getproxies() else Transport(always=always)


async def _aimed(request: httpx.Request) -> httpx.Request:
    """The same to the address that its host is."""
    host = written(request.url)
    address = await outer(host)
    if address is None:
        raise httpx.ConnectError(f"the name {host} is not known", request=request)
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


async def refuse_inside(address: str) -> None:
    """Raises Trouble when a URL leads to the inner network, or nobody knows where."""
    await outer_address(address)


async def outer_address(url: str) -> str:
    """Where to connect for a URL of the outside; Trouble as of `refuse_inside`."""
    found = await outer(written(httpx.URL(url)))
    if found is None:
        raise Trouble("The name of the server is not known.")
    return str(found)


async def outer(host: str) -> IPv4Address | IPv6Address | None:
    """The public address that a host is, IPv4 first, for no second one is tried; None: nobody knows one.

    Raises Trouble when it leads to the inner network.
    """
    found = await addresses(host)
    if not all(map(is_public, found)):
        raise _refused()
    return min(found, key=lambda one: one.version, default=None)


def written(url: httpx.URL) -> str:
    """The host as the connection asks for it: other encodings of one name may lead elsewhere."""
    return url.raw_host.decode("ascii")


async def wholly_inside(host: str) -> bool:
    """Whether all of a host is inside: a name of the outside with an inner address beside its own is not."""
    found = await addresses(host)
    return bool(found) and not any(map(is_public, found))


async def addresses(host: str) -> list[IPv4Address | IPv6Address]:
    """What a host is, or resolves to; nothing when the question itself will fail."""
    with suppress(ValueError):
        return [ip_address(host)]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return []
    return [ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Also of IPv6 addresses that stand for one of IPv4 (mapped, 6to4, NAT64)."""
    if isinstance(address, IPv6Address):
        behind = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        address = address.ipv4_mapped or address.sixtofour or behind or address
    if isinstance(address, IPv6Address) and any(address in network for network in _INNER):
        return False
    return address.is_global and not address.is_multicast


def _refused() -> Trouble:
    return Trouble("The address leads to the inner network.", permanent=True)
