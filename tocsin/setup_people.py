"""What a set-up file may say of people and of the organisations that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from kit.db import WriteSession
from kit.errors import Conflict, Invalid
from kit.lines import one_line
from people import partners, passwords
from people.members import Member
from people.organisations import Agreement, Organisation
from people.organising import MAIL
from people.permissions import ROLES
from tocsin.setup_entries import check, number_of

MEMBER = {
    "name", "email", "role", "organisation", "job", "language", "time_zone", "password", "active", "digests",
    "nda_signed_on", "nda_expires_on", "nda_document_sha256",
}  # fmt: skip
DATES = ("nda_signed_on", "nda_expires_on")
NDA = (*DATES, "nda_document_sha256")
"""Of a partner, and of one of its people."""


PARTNER = {"name", "brands", "each_signs", "declared_clients", *NDA}


async def partner(
    session: WriteSession,
    entry: Mapping[str, Any],
    brands: Mapping[str, int],
    left: list[str],
    *,
    now: datetime,
) -> int:
    """A partner as its page would have it; what the file does not say stays.

    One that an admin has changed on that page stays as it is: `left` names it.
    """
    what = f"partner {entry['name']!r}"
    check(entry, PARTNER, what)
    there = await session.scalar(select(Organisation).where(Organisation.name == one_line(entry["name"])))
    if there is not None and there.by_hand:
        left.append(what)
        return there.id
    row = there or Organisation(each_signs=False, declared_clients=[])
    clients, each = (
        entry.get("declared_clients", row.declared_clients),
        entry.get("each_signs", row.each_signs),
    )
    slugs = entry.get("brands", [])
    for key, names in (("declared_clients", clients), ("brands", slugs)):
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            raise Invalid(f"{what}: {key} must be a list of names")
    if not isinstance(each, bool):
        raise Invalid(f"{what}: each_signs must be true or false")
    ids = [number_of(brands, slug, "brand") for slug in slugs] if "brands" in entry else row.brand_ids
    wish = partners.Wish(ids, each, clients)
    try:
        return (await partners.put(session, entry["name"], wish, signed(entry, what, row), now=now)).id
    except (Conflict, Invalid) as error:
        raise Invalid(f"{what}: {error}") from error


def agree(row: Member, entry: Mapping[str, Any], *, now: datetime) -> None:
    """Record a person's own agreement, where the entry tells of one."""
    what = f"member {entry['email']!r}"
    if not set(NDA) & set(entry):
        return
    if row.role != "partner":
        raise Invalid(f"{what}: an NDA is for people of a partner")
    try:
        partners.agree(row, signed(entry, what, row), now=now)
    except Invalid as error:
        raise Invalid(f"{what}: {error}") from error


def signed(entry: Mapping[str, Any], what: str, row: Agreement) -> partners.Signed:
    """The agreement that an entry tells of, beside what is recorded; days may be written between quotes.

    One that was signed on another day is another document: the recorded hash is not of it.
    """
    first, last = (
        _date(f"{what}: {key}", entry[key]) if key in entry else getattr(row, key) for key in DATES
    )
    same = first == row.nda_signed_on
    document = entry.get(NDA[-1], row.nda_document_sha256 if same else None)
    return partners.Signed(first, last, None if document is None else str(document))


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
