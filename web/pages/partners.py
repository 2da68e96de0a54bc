"""Partner organisations for admins: what was agreed, who may come in now and why not, and how it ends."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from kit.errors import Invalid, TocsinError
from web.fields import Form, chosen, flag, part, text, whole
from web.forms import Action, check_token, forms_at, perform
from web.visit import Visit, see_other

PIECE = 1_000_000  # bytes of a document that are read at once


async def show_all(visit: Visit) -> Response:
    """All of them, and the form that adds one. For admins: to others the page is not there."""
    visit.require_admin()
    return visit.page("partners.html", **await visit.ask("Partnerships"))


async def show(visit: Visit) -> Response:
    """One of them, and what it still has to do."""
    visit.require_admin()
    return visit.page("partner.html", **await visit.ask("Partnership", id=visit.param("partner")))


async def record(visit: Visit) -> Response:
    """Record the agreement of a partner."""
    return await _recorded(visit, "RecordNda", "partner")


async def record_person(visit: Visit) -> Response:
    """Record the agreement of one of its people."""
    return await _recorded(visit, "RecordPersonNda", "person")


async def _recorded(visit: Visit, operation: str, whose: str) -> Response:
    """The document, where one was sent, is read once for its SHA-256, and kept nowhere."""
    visit.require_admin()
    typed: dict[str, str] = {}
    try:
        async with visit.request.form(max_files=1, max_fields=10) as form:
            check_token(visit, form.get("csrf"))
            typed = {name: value for name, value in form.items() if isinstance(value, str)}
            file = form.get("document")
            if isinstance(file, UploadFile) and file.filename:
                typed["documentSha256"] = await _sha256(file)
        variables = {"id": part(whose), "version": whole("version"), "nda": nda}
        await perform(visit, operation, variables, typed)
    except TocsinError as error:
        visit.refuse(error, typed)
        return await show(visit)
    return see_other(f"/partners/{visit.param('partner')}")


async def _sha256(file: UploadFile) -> str:
    digest, empty = hashlib.sha256(), True
    while piece := await file.read(PIECE):
        digest.update(piece)
        empty = False
    if empty:
        raise Invalid("This file is empty.", field="document")
    return digest.hexdigest()


def nda(_: Visit, form: Form) -> dict[str, Any]:
    """An agreement as it was filled in."""
    signed = form.get("signedOn", "").strip()
    if not signed:
        raise Invalid("Say on which day it was signed.", field="signedOn")
    expires, document = (form.get(name, "").strip() or None for name in ("expiresOn", "documentSha256"))
    return {"signedOn": signed, "expiresOn": expires, "documentSha256": document}


def wish(visit: Visit, form: Form) -> dict[str, Any]:
    """What a partner may do and has declared; a client a line."""
    every = flag("everyBrand")(visit, form)
    return {
        "brandIds": None if every else chosen("brand")(visit, form),
        "eachSigns": flag("eachSigns")(visit, form),
        "declaredClients": form.get("declaredClients", "").splitlines(),
    }


_one = forms_at("/partners/{partner}", show, id=part("partner"), version=whole("version"))

FORMS = [
    Action(
        "/partners/new",
        "AddPartner",
        show_all,
        "/partners/{id}",
        {"name": text("name"), "partner": wish},
    ),
    _one("edit", "EditPartner", partner=wish),
    _one("end", "EndPartnership"),
    _one("resume", "ResumePartnership"),
]
