"""Addresses of machines, and the networks that hold them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def within(address: str | None, networks: Iterable[object]) -> bool:
    """Whether one of the networks (CIDR, or one address) holds the address; never, for what is no address."""
    try:
        found = _read(address)
        return any(found in ip_network(str(network), strict=False) for network in networks)
    except ValueError:
        return False


def household(address: str | None) -> str:
    """Whom an address stands for: itself, of IPv6 its network of 64 bits, as one line has; `""`: nobody."""
    try:
        found = _read(address)
    except ValueError:
        return ""
    return str(found if isinstance(found, IPv4Address) else ip_network((int(found) >> 64 << 64, 64)))


def _read(address: str | None) -> IPv4Address | IPv6Address:
    """Without its port; an IPv4 address that came over an IPv6 socket (`::ffff:192.0.2.7`) is that one."""
    host = address or ""
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    found = ip_address(host)
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
