"""Who has a seat, for admins; and the page on which somebody chooses a password."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import TocsinError
from web.fields import Form, Read, chosen, flag, part, secret, text, whole
from web.forms import form_of, forms_at, perform
from web.visit import Visit, see_other


async def show_all(visit: Visit) -> Response:
    """Everybody, and the form that adds somebody. For admins: to others the page is not there."""
    visit.require_admin()
    return await _all(visit, None)


async def show(visit: Visit) -> Response:
    """One person's seat, and what hangs on it."""
    return await _one(visit, None)


async def create(visit: Visit) -> Response:
    """Add somebody, and show the link of the invitation this once: a redirect would have to carry it."""
    visit.require_admin()
    made = await _made(visit, "AddPerson", {
        "email": text("email"),
        "person": wish,
        "language": text("language"),
        "timeZone": text("timeZone"),
    })  # fmt: skip
    if made is None:
        return await show_all(visit)
    return await _all(visit, made)


async def invite(visit: Visit) -> Response:
    """A new link, shown this once."""
    visit.require_admin()
    return await _one(visit, await _made(visit, "InvitePerson", {"id": part("person")}))


async def invited(visit: Visit) -> Response:
    """The form behind the link of an invitation. To look changes nothing."""
    link = (await visit.ask("InvitationLink", token=visit.param("token")))["invitationLink"]
    if link is not None:
        visit.link_language = link["language"]
    response = visit.page("invitation.html", status=200 if link else 410, link=link)
    response.headers["x-robots-tag"] = "noindex, nofollow"
    response.headers["referrer-policy"] = "no-referrer"  # the address is the key
    return response


async def accept(visit: Visit) -> Response:
    """Set the password; then one signs in with it."""
    made = await _made(visit, "AcceptInvitation", {"token": part("token"), "new": secret("new")})
    return await invited(visit) if made is None else see_other("/sign-in?chosen")


def wish(visit: Visit, form: Form) -> dict[str, Any]:
    """The form of a seat; an agency's person is chosen as `partner:7`."""
    role, _, partner = form.get("role", "").partition(":")
    return {
        "name": text("name")(visit, form),
        "job": text("job")(visit, form),
        "role": role,
        "partnerId": partner or None,
        "departmentIds": chosen("department")(visit, form),
    }


async def _all(visit: Visit, made: dict[str, Any] | None) -> Response:
    agency = visit.request.query_params.get("agency")  # whose page the admin comes from
    seats = await visit.ask("Seats")
    return visit.page("people.html", made=made, agency=agency, zone_name=visit.zone.key, **seats)


async def _one(visit: Visit, made: dict[str, Any] | None) -> Response:
    visit.require_admin()
    return visit.page("person.html", made=made, **await visit.ask("Seat", id=visit.param("person")))


async def _made(visit: Visit, operation: str, variables: dict[str, Read]) -> dict[str, Any] | None:
    """What came of the form; None when it was refused, which the page then says."""
    form = await form_of(visit)
    try:
        return await perform(visit, operation, variables, form)
    except TocsinError as error:
        typed = {name: value for name, value in form.items() if name != "new"}
        visit.refuse(error, typed)
        return None


_one_seat = forms_at("/people/{person}", show, id=part("person"), version=whole("version"))

FORMS = [
    _one_seat("edit", "EditPerson", person=wish, moves=flag("moves")),
    _one_seat("deactivate", "DeactivatePerson"),
    _one_seat("reactivate", "ReactivatePerson"),
]
