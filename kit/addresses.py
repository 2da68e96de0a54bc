"""Addresses of machines, and the networks that hold them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network


def within(address: str | None, networks: Iterable[object]) -> bool:
    """Whether one of the networks (CIDR, or one address) holds the address; never, for what is no address.

    An IPv4 address that came over an IPv6 socket (`::ffff:192.0.2.7`) is that IPv4 address.
    """
    try:
        found = ip_address(address or "")
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in ip_network(str(network), strict=False) for network in networks)
    except ValueError:
        return False
