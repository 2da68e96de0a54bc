"""Files of mentions by page: sent, looked at, begun, followed. For who manages sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from babel.dates import format_date
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kit.errors import Invalid, TocsinError
from mentions.drafts.draft import FIELDS
from mentions.importing.content import MAX_FILE
from mentions.importing.service import put_aside
from mentions.sources.webhook import label
from mentions.sources.wording import said
from web import shown
from web.fields import Form, part
from web.forms import Action, check_token, forms_at
from web.visit import Visit, see_other

COLUMN = "column."
"""Before the names of the form's fields that say where a field of ours is."""
FIRST = ("text", "published_at", "author", "url", "title", "id")
"""What nearly every file has; the others are folded away."""


SAMPLES = 3
"""Lines that are shown as they will be stored, beside what the file says."""
SAMPLED = ("published_at", "author", "followers", "reach", "lang", "text")


async def show(visit: Visit) -> Response:
    """The files, the newest first, and the form that sends one."""
    visit.require_admin()
    return visit.page("imports.html", **await visit.ask("Imports"), most=MAX_FILE)


async def send(visit: Visit) -> Response:
    """Put a file aside; who may not is refused before it is read."""
    visit.require_admin()
    try:
        async with visit.request.form(max_files=1, max_fields=5) as form:
            check_token(visit, form.get("csrf"))
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid("Choose a file.", field="file")
            assert visit.viewer is not None
            job = await put_aside(visit.core, visit.viewer, file.filename, file.file)
    except TocsinError as error:
        visit.refuse(error)
        return await show(visit)
    return see_other(f"/imports/{job}")


async def one(visit: Visit) -> Response:
    """What it holds and how it will be read; once begun, how far it is."""
    visit.require_admin()
    data = await visit.ask("Import", id=visit.param("job"))
    job = data["import"]
    mapped = _by_name(job["fieldMap"])
    usual = {name: column for name, column in _by_name(job["look"]["found"]).items() if name not in mapped}
    # what is needed first: Python sorts what is alike as it stood
    fields = sorted(FIELDS, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    samples = [row for row in job["look"]["rows"] if not row["fault"]][:SAMPLES]
    return visit.page(
        "import.html",
        job=job,
        brands=data["brands"],
        fields=[(name, said(label(name), visit.language)) for name in fields],
        first=FIRST,
        opened=any(name not in FIRST for name in mapped),
        mapped=mapped,
        usual=usual,
        samples=[_sample(visit, row) for row in samples],
        others=[row for row in job["look"]["rows"] if row not in samples],
        outlived=_outlived(visit, job["look"]["rows"]),
        undated=any(_says_no_time(row) for row in job["look"]["rows"]),
    )


def _says_no_time(row: Mapping[str, Any]) -> bool:
    """Whether a line will be taken for one of the moment in which it is read in."""
    return not row["fault"] and not {"published_at", "arrived_at"} & {one["name"] for one in row["said"]}


def _sample(visit: Visit, row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each field of a line by its label: what the file says, and what will be stored."""
    written = {one["name"]: one["value"] for one in row["said"]}
    at, language = datetime.fromisoformat(row["publishedAt"]), visit.language
    local = f"{format_date(at.astimezone(visit.zone), 'd MMM y', locale=language)}, "
    local += shown.clock_time(at, visit.zone, language)
    stored = {
        "published_at": f"{local} ({at.astimezone(UTC):%H:%M}\N{NO-BREAK SPACE}UTC)"
        if visit.zone.key != "UTC"
        else local,
        "author": row["author"],
        "text": row["text"],
        "lang": shown.language_name(row["lang"], language) if row["lang"] else None,
        **{one: shown.number(row[one], language) for one in ("followers", "reach") if row[one] is not None},
    }
    return [
        (said(label(name), language), written.get(name, ""), stored.get(name) or "")
        for name in SAMPLED
        if written.get(name) or stored.get(name)
    ]


def _outlived(visit: Visit, rows: Iterable[Mapping[str, Any]]) -> int | None:
    """How many days mentions are kept, where some of these lines are older."""
    days = visit.core.settings.retention_days
    since = visit.now - timedelta(days=days)
    told = [datetime.fromisoformat(row["publishedAt"]) for row in rows if row["publishedAt"]]
    return days if any(time < since for time in told) else None


def _by_name(columns: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {one["name"]: one["column"] for one in columns}


def wanted(_: Visit, form: Form) -> dict[str, Any]:
    """How the form says that the file is to be read."""
    return {
        "source": form.get("source", "").strip(),
        "brandId": form.get("brand", "").strip() or None,
        "zone": form.get("zone", "").strip(),
        "fieldMap": list(_columns(form)),
    }


def _columns(form: Form) -> list[Mapping[str, str]]:
    return [
        {"name": ours, "column": form[f"{COLUMN}{ours}"]} for ours in FIELDS if form.get(f"{COLUMN}{ours}")
    ]


_one = forms_at("/imports/{job}", one, id=part("job"))

FORMS = [
    Action("/imports/{job}/drop", "DropImport", one, "/imports", {"id": part("job")}),
    _one("settle", "SettleImport", input=wanted, begin=lambda *_: False),
    _one("begin", "SettleImport", input=wanted, begin=lambda *_: True),
]
