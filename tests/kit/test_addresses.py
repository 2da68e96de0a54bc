"""Which network holds an address."""

from __future__ import annotations

import pytest

from kit.addresses import household, within


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.2.7", ["198.51.100.0/24", "192.0.2.7"], True),
        ("::ffff:192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.2.7:4711", ["192.0.2.0/24"], True),
        ("[2001:db8::1]:4711", ["2001:db8::/32"], True),
        ("2001:db8::1", ["2001:db8::/32"], True),
        ("192.0.3.7", ["192.0.2.0/24"], False),
        ("192.0.2.7", [], False),
        ("192.0.2.7", ["nonsense"], False),
        ("testclient", ["0.0.0.0/0"], False),
        (None, ["0.0.0.0/0"], False),
    ],
)
def test_within(address: str | None, networks: list[str], expected: bool) -> None:
    assert within(address, networks) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
        ("testclient", ""),
        ("[", ""),
        ("192.0.2.7:", "192.0.2.7"),
        (None, ""),
    ],
)
def test_whom_an_address_stands_for(address: str | None, expected: str) -> None:
    assert household(address) == expected
