"""What a set-up file may say of people and of the organisations that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kit.errors import Invalid
from people import passwords
from people.organising import MAIL
from people.permissions import ROLES

MEMBER = {
    "name", "email", "role", "organisation", "job", "language", "time_zone", "password", "active", "digests",
}  # fmt: skip
DATES = ("nda_signed_on", "nda_expires_on")


def with_dates(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An organisation whose days are dates; also those that were written between quotes."""
    dates = {key: _date(f"{entry['name']!r}: {key}", entry[key]) for key in DATES if key in entry}
    return {**entry, **dates}


def _date(what: str, value: object) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(f"{what} must be a date such as 2026-01-31") from error


def check_member(entry: Mapping[str, Any], role: str, *, of_house: bool) -> None:
    """Invalid for no mail address, no role, or one that people of this organisation do not have."""
    what = f"member {entry['email']!r}"
    if not MAIL.fullmatch(entry["email"]):
        raise Invalid(f"{what}: {entry['email']!r} is no mail address")
    if role not in ROLES:
        raise Invalid(f"{what}: {role!r} is no role: {', '.join(ROLES)}")
    if role == "partner" and of_house:
        raise Invalid(f"{what}: a partner needs the organisation of one of the [[partners]]")
    if role != "partner" and not of_house:
        raise Invalid(f"{what}: {role} is a role of the house; of {entry['organisation']} one is a partner")


def password(entry: Mapping[str, Any]) -> str:
    """The first password of a member; Invalid when it may be none."""
    try:
        return passwords.checked(entry["password"])
    except Invalid as error:
        raise Invalid(f"member {entry['email']!r}: {error}") from error
