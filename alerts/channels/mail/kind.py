"""The channel `mail` as people choose it."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.headerregistry import Address

from alerts.channels.base import Field, Kind, Values
from alerts.channels.text import filled
from kit.errors import Invalid


def _check(values: Values) -> dict[str, str]:
    address = filled(values, "address")
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Invalid("This is not a mail address.", field="address") from error
    if not (parsed.username and parsed.domain):
        raise Invalid("This is not a mail address.", field="address")
    return {"address": address}


def _shown(values: Values) -> str:
    return values.get("address", "")


KIND = Kind(
    name="mail",
    title="Mail",
    fields=(Field("address", "Mail address", kind="email"),),
    check=_check,
    shown=_shown,
    most=20,
)
