"""Whether what we listen to still speaks; connecting and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from kit.errors import NotFound, SignedOut, TocsinError
from mentions.drafts.field_map import ITEMS
from web.fields import Form, Read, flag, part, text, whole
from web.forms import Show, form_of, forms_at, perform
from web.visit import Visit, see_other

WORRYING = ("failing", "silent", "waiting", "live", "off")
"""In which order sources are listed: first those that somebody should look at."""
SETTING = "setting."
"""Before the names of the kind's own fields."""
SHARED = ("expectedMinutes", "rawDays", "retentionDays", "allowedAddresses")
"""Fields of every kind, beside `keep`, that most leave empty."""
BLANK = dict.fromkeys(("name", "sample", *SHARED), "")


async def show(visit: Visit) -> Response:
    """Each source with its health, the worrying ones first."""
    data = await visit.ask("Sources")
    listed = sorted(data["sources"], key=lambda one: WORRYING.index(one["health"]["state"]))
    return visit.page(
        "sources.html",
        sources=listed,
        kinds=data["sourceKinds"],
        lag=data["listeningLag"],
        alerted=_alerted(data),
        may_administer=visit.may_administer,
    )


async def one(visit: Visit) -> Response:
    """One source: its health, what it last brought, and its settings for admins."""
    return _page(visit, await _source(visit), typed=_typed(visit))


async def choose(_: Visit) -> Response:
    """To where a kind is chosen."""
    return see_other("/sources#connect")


async def new(visit: Visit) -> Response:
    """The form that connects a source of one kind."""
    return await _new(visit, _typed(visit))


async def try_new(visit: Visit) -> Response:
    """The same with what was typed, and what that would bring."""
    return await _new(visit, await form_of(visit), tries=True)


async def try_one(visit: Visit) -> Response:
    """A source with what was typed into its settings, and what that would bring."""
    source, form = await _source(visit), await form_of(visit)
    visit.require_admin()
    if source["kindDetails"] is None:
        raise NotFound("There is no such page.")
    tried = await _tried(visit, source["kind"], form, source["id"])
    return _page(visit, source, typed=form, tried=tried)


async def _new(visit: Visit, typed: Form, *, tries: bool = False) -> Response:
    data = await visit.ask("SourceKinds")
    kind = next((one for one in data["sourceKinds"] if one["name"] == visit.param("kind")), None)
    visit.require_admin()
    if kind is None:
        raise NotFound("There is no such page.")
    tried = await _tried(visit, kind["name"], typed, None) if tries else None
    return visit.page("source_new.html", kind=kind, tried=tried, **_form(kind, BLANK, typed))


async def _tried(visit: Visit, kind: str, form: Form, key: str | None) -> dict[str, Any]:
    given: dict[str, Read] = {
        "kind": lambda *_: kind,
        "settings": lambda _, form: _settings(form),
        "sample": text("sample"),
        "id": lambda *_: key,
    }
    try:
        return await perform(visit, "TrySource", given, form)
    except TocsinError as error:
        if error.status == SignedOut.status:
            raise
        nothing = {"found": 0, "rejected": 0, "newest": [], "faults": [], "note": None}
        return {**nothing, "trouble": error.message}


async def create(visit: Visit) -> Response:
    """Connect it; secrets of one that calls us are shown this once: a redirect would have to carry them."""
    return await _told(visit, "CreateSource", {"kind": part("kind"), "input": wanted}, otherwise=new)


async def rotate(visit: Visit) -> Response:
    """Give it new secrets, and show them this once."""
    return await _told(visit, "RotateSourceSecrets", {"id": part("id")}, otherwise=one)


def wanted(visit: Visit, form: Form) -> dict[str, Any]:
    """What the form says of a source, as the API takes it."""
    return {
        "name": form.get("name", "").strip(),
        "settings": _settings(form),
        "keep": form.get("keep", "all"),
        "expectedMinutes": whole("expectedMinutes")(visit, form),
        "retentionDays": whole("retentionDays")(visit, form),
        "rawDays": whole("rawDays")(visit, form),
        "allowedAddresses": form.get("allowedAddresses", "").split(),
    }


def _settings(form: Form) -> list[dict[str, str]]:
    return [
        {"name": name.removeprefix(SETTING), "value": value}
        for name, value in form.items()
        if name.startswith(SETTING)
    ]


async def _told(visit: Visit, operation: str, variables: Mapping[str, Read], *, otherwise: Show) -> Response:
    form = await form_of(visit)
    try:
        made = await perform(visit, operation, variables, form)
    except TocsinError as error:
        visit.refuse(error, {name: value for name, value in form.items() if not _is_secret(name)})
        return await otherwise(visit)
    if not made["secret"]:
        return see_other(f"/sources/{made['id']}")
    return _page(visit, await _source(visit, made["id"]), made, typed={})


def _is_secret(field: str) -> bool:
    return "secret" in field or "token" in field


def _typed(visit: Visit) -> Form:
    return visit.refusal.typed if visit.refusal is not None else {}


def _page(
    visit: Visit,
    source: dict[str, Any],
    made: dict[str, Any] | None = None,
    *,
    typed: Form,
    tried: dict[str, Any] | None = None,
) -> Response:
    kind = source["kindDetails"]
    return visit.page(
        "source.html",
        source=source,
        made=made,
        address=f"{visit.core.settings.public_url}/ingest/{source['name']}",
        may_administer=visit.may_administer,
        tried=tried,
        **(_form(kind, _saved(source), typed) if kind is not None else {}),
    )


def _form(kind: dict[str, Any], saved: Form, typed: Form) -> dict[str, Any]:
    """What stands in the fields of a source's form, and which of its folded parts hold something."""
    kind["mapped"] = any(one["name"] == ITEMS for one in kind["fields"])
    usual = {"keep": kind["keep"], **{f"{SETTING}{one['name']}": "" for one in kind["fields"]}}
    form = {**BLANK, **usual, **saved, **typed}
    own = [one for one in kind["fields"] if form[SETTING + one["name"]] not in ("", one["default"])]
    folded = {
        "mapped": bool(own),
        "rare": any(one["rare"] for one in own),
        "shared": form["keep"] != kind["keep"] or any(form[name] for name in SHARED),
    }
    return {"form": {**form, "typed": bool(typed)}, "folded": folded}


def _saved(source: dict[str, Any]) -> dict[str, str]:
    """As the form's fields have it."""
    return {
        "name": source["name"],
        "keep": source["keep"],
        "allowedAddresses": " ".join(source["allowedAddresses"]),
        **{name: str(source[name] or "") for name in SHARED if name != "allowedAddresses"},
        **{SETTING + one["name"]: one["value"] for one in source["settings"]},
    }


async def _source(visit: Visit, key: str | None = None) -> dict[str, Any]:
    data = await visit.ask("Source", id=key or visit.param("id"))
    if data["source"] is None:
        raise NotFound("There is no such source.")
    source: dict[str, Any] = data["source"]
    source["alerted"] = _alerted(data).get(source["id"])
    return source


def _alerted(data: dict[str, Any]) -> dict[str, float]:
    """A source's id to how long after its first mention an alert was opened, in seconds."""
    return {one["sourceId"]: one["seconds"] for one in data["listeningLag"]["receivedToAlerted"]}


_one = forms_at("/sources/{id}", one, id=part("id"))

FORMS = [
    _one("edit", "EditSource", input=wanted),
    _one("switch", "SwitchSource", enabled=flag("enabled")),
]
