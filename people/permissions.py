"""Who may do what: pure functions of the person and of what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kit.errors import Forbidden
from people.members import Member
from people.organisations import Agreement, Organisation

ROLES = ("admin", "responder", "executive", "observer", "partner")
"""`partner` is for people of a partner organisation, all others are for those of the house."""
RESPONDERS = frozenset({"admin", "responder"})
READERS = frozenset({"partner", "observer"})
"""They read what they may; nobody pages them."""

Standing = Literal["valid", "missing", "ahead", "over"]
"""Of an agreement: not recorded, not begun, past its last day."""


@dataclass(frozen=True)
class Viewer:
    """The person on whose behalf something is asked or done."""

    member_id: int
    organisation_id: int
    name: str
    role: str
    """admin, responder, executive, observer or partner."""
    language: str
    """en, es, ca or fr."""
    time_zone: str
    """IANA name."""
    program: str | None = None
    """Name of the access token with which a program asks in this person's name; None: they ask themselves."""

    @property
    def is_partner(self) -> bool:
        return self.role == "partner"

    @property
    def is_house(self) -> bool:
        return not self.is_partner


def can_respond(viewer: Viewer) -> bool:
    """Act on alerts and incidents: acknowledge, lead, complete, approve."""
    return viewer.role in RESPONDERS


def can_read_incidents(viewer: Viewer) -> bool:
    """Read alerts, incidents and mentions. A partner reads what is assigned, which is decided elsewhere."""
    return viewer.is_house


def can_take_part(viewer: Viewer) -> bool:
    """Be paged and answer, and be named among those who are on an incident."""
    return viewer.role not in READERS


def can_administer(viewer: Viewer) -> bool:
    """Change members, schedules, policies and sources."""
    return viewer.role == "admin"


def require_responder(viewer: Viewer) -> None:
    """Raise Forbidden unless the viewer may act."""
    if not can_respond(viewer):
        raise Forbidden("Only admins and responders may do this.")


def require_house(viewer: Viewer) -> None:
    """Raise Forbidden for partners."""
    if not can_read_incidents(viewer):
        raise Forbidden("Only members of the house may see this.")


def require_participant(viewer: Viewer) -> None:
    """Raise Forbidden for partners and observers."""
    if not can_take_part(viewer):
        raise Forbidden("Observers read; they take no part.")


def require_admin(viewer: Viewer) -> None:
    """Raise Forbidden unless the viewer is an admin."""
    if not can_administer(viewer):
        raise Forbidden("Only admins may do this.")


def may_be_inside(entered_by_admin: bool, role: str) -> bool:
    """Whether an address that somebody of this role entered may name a machine of the inner network.

    Only while they are an admin: who entered it as one may be none any more.
    """
    return entered_by_admin and role == "admin"


def nda_standing(of: Agreement, on: date) -> Standing:
    """How a non-disclosure agreement stands on that day; both its first and its last day count.

    One without a last day stays valid; one without a date of signature is none.
    """
    signed, expires = of.nda_signed_on, of.nda_expires_on
    if signed is None:
        return "missing"
    if on < signed:
        return "ahead"
    return "valid" if expires is None or on <= expires else "over"


def nda_valid(of: Agreement, on: date) -> bool:
    """Whether the non-disclosure agreement covers that day."""
    return nda_standing(of, on) == "valid"


def partner_allowed(organisation: Organisation, on: date) -> bool:
    """Whether this is a partner that may be let in on that day."""
    return organisation.kind == "partner" and organisation.ended_at is None and nda_valid(organisation, on)


def may_work_on(organisation: Organisation, brand_id: int, on: date) -> bool:
    """Whether this is a partner that may be given work on this brand on that day, and see that work."""
    mine = organisation.brand_ids is None or brand_id in organisation.brand_ids
    return mine and partner_allowed(organisation, on)


def person_covered(member: Member, organisation: Organisation, on: date) -> bool:
    """Whether the person's own agreement is valid, where their partner asks for one or one is recorded."""
    recorded = member.nda_signed_on is not None
    return nda_valid(member, on) if recorded or organisation.each_signs else True


def may_be_invited(member: Member, organisation: Organisation, on: date) -> bool:
    """Whether who has a seat may choose a password: with it alone nobody comes in (`let_in`)."""
    return member.role != "partner" or partner_allowed(organisation, on)


def let_in(member: Member, organisation: Organisation, on: date) -> bool:
    """Whether who has a seat may come in, and be written to, on that day."""
    if member.role != "partner":
        return True
    return partner_allowed(organisation, on) and person_covered(member, organisation, on)
