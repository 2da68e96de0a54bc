"""Roles and agreements decide, by table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from kit.errors import Forbidden
from people.members import Member
from people.organisations import Organisation
from people.permissions import (
    Viewer,
    let_in,
    may_work_on,
    nda_valid,
    partner_allowed,
    require_admin,
    require_house,
    require_participant,
    require_responder,
)

TODAY = date(2026, 3, 10)


def viewer(role: str) -> Viewer:
    return Viewer(
        member_id=1, organisation_id=1, name="Ada", role=role, language="en", time_zone="Europe/Madrid"
    )


@pytest.mark.parametrize(
    ("require", "allowed"),
    [
        (require_responder, {"admin", "responder"}),
        (require_house, {"admin", "responder", "executive", "observer"}),
        (require_participant, {"admin", "responder", "executive"}),
        (require_admin, {"admin"}),
    ],
)
def test_each_rule_lets_in_exactly_its_roles(require: Callable[[Viewer], None], allowed: set[str]) -> None:
    for role in ("admin", "responder", "executive", "observer", "partner"):
        if role in allowed:
            require(viewer(role))
        else:
            with pytest.raises(Forbidden):
                require(viewer(role))


@pytest.mark.parametrize(
    ("signed", "expires", "valid"),
    [
        (None, None, False),
        (None, date(2027, 1, 1), False),
        (date(2026, 1, 1), None, True),
        (date(2026, 1, 1), TODAY, True),
        (date(2026, 1, 1), date(2026, 3, 9), False),
        (TODAY, date(2026, 12, 31), True),
        (date(2026, 3, 11), date(2026, 12, 31), False),
    ],
)
def test_an_agreement_holds_from_its_first_to_its_last_day(
    signed: date | None, expires: date | None, valid: bool
) -> None:
    agency = Organisation(name="Agency", kind="partner", nda_signed_on=signed, nda_expires_on=expires)
    assert nda_valid(agency, TODAY) is valid
    assert partner_allowed(agency, TODAY) is valid


def test_the_house_is_no_partner_even_with_an_agreement() -> None:
    house = Organisation(name="House", kind="house", nda_signed_on=TODAY, nda_expires_on=None)
    assert not partner_allowed(house, TODAY)


@pytest.mark.parametrize(
    ("each_signs", "own", "ended", "allowed"),
    [
        (False, None, False, True),
        (True, None, False, False),
        (True, (date(2026, 1, 1), TODAY), False, True),
        (False, (date(2026, 1, 1), date(2026, 3, 9)), False, False),
        (False, (date(2026, 3, 11), None), False, False),
        (False, None, True, False),
    ],
)
def test_a_person_of_a_partner_needs_the_partners_agreement_and_their_own(
    each_signs: bool, own: tuple[date, date | None] | None, ended: bool, allowed: bool
) -> None:
    when = datetime(2026, 3, 1, tzinfo=UTC) if ended else None
    agency = Organisation(kind="partner", nda_signed_on=TODAY, each_signs=each_signs, ended_at=when)
    person = Member(role="partner")
    if own is not None:
        person.nda_signed_on, person.nda_expires_on = own
    assert let_in(person, agency, TODAY) is allowed
    assert not let_in(person, agency, date(2026, 3, 9)), "before the agency's own is signed"
    assert let_in(Member(role="observer"), Organisation(kind="house"), TODAY)


@pytest.mark.parametrize(("brands", "allowed"), [(None, True), ([7, 8], True), ([8], False), ([], False)])
def test_a_partner_works_on_its_brands(brands: list[int] | None, allowed: bool) -> None:
    agency = Organisation(kind="partner", nda_signed_on=TODAY, brand_ids=brands)
    assert may_work_on(agency, 7, TODAY) is allowed
    assert not may_work_on(agency, 7, date(2026, 3, 9))
