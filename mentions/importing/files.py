"""Mentions out of files: CSV with a header, or JSON lines. A bad line is named, the rest is read.

A CSV may be a suite's export or anybody's own: its encoding, delimiter and header are found by looking. A
suite's layout knows its columns; in other files the usual names are known; `--map` goes before both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any

from msgspec.structs import replace

from kit.errors import Invalid
from mentions.drafts.draft import FIELDS, MentionDraft, parse, storable
from mentions.drafts.field_map import USUAL, FieldMap, Place, place, split
from mentions.importing.encodings import open_text
from mentions.importing.short_dates import Days, iso
from mentions.importing.tables import BadLine, Row, beginning, json_rows, name_of, table
from mentions.sources import values
from mentions.sources.brandwatch.csv import LAYOUT as BRANDWATCH
from mentions.sources.columns import MAX_AHEAD, Columns, finished, plain
from mentions.sources.meltwater.csv import LAYOUT as MELTWATER
from mentions.sources.talkwalker.csv import LAYOUT as TALKWALKER
from mentions.sources.webhook import label

__all__ = ["BadLine", "check_name", "opened", "read", "resolve"]

LAYOUTS: tuple[Columns, ...] = (MELTWATER, BRANDWATCH, TALKWALKER)

ALIASES: dict[str, tuple[str, ...]] = {
    ours: tuple(" ".join(names).split())
    for ours, *names in (
        ("id", "id native_id post_id tweet_id status_id guid"),
        (
            "text",
            "text full_text body content message tweet comment review",
            "texto mensaje comentario contenido resena",
            "missatge comentari contingut ressenya",
            "texte commentaire contenu avis",
            "inhalt nachricht beitrag kommentar",
            "testo messaggio commento contenuto recensione",
            "mensagem comentario conteudo avaliacao",
        ),
        (
            "published_at",
            "published_at created_at timestamp created published date time",
            "fecha fecha_y_hora fecha_de_publicacion",
            "data data_i_hora data_de_publicacio",
            "date_et_heure date_de_publication",
            "datum zeitpunkt datum_und_uhrzeit veroffentlicht veroffentlicht_am",
            "data_e_ora data_di_pubblicazione",
            "data_e_hora data_de_publicacao",
        ),
        (
            "author",
            "author username user_name screen_name user author_name",
            "autor autora usuario usuaria usuari auteur autrice utilisateur",
            "nutzer benutzer nutzername benutzername verfasser autore autrice utente utilizador",
        ),
        ("followers", "followers followers_count seguidores seguidors abonnes abonnenten"),
        ("url", "url link permalink enlace enllac lien"),
        ("lang", "lang language idioma lengua llengua langue sprache lingua"),
        ("arrived_at", "arrived_at arrived"),
        ("title", "title headline subject titulo titular titol titre uberschrift titolo titulo"),
        ("kind", "kind content_type source_type media_type page_type"),
        ("thread", "thread thread_id conversation_id"),
        ("reply_to", "reply_to in_reply_to_id in_reply_to_status_id in_reply_to parent_id"),
        ("repost_of", "repost_of retweet_of retweeted_status_id"),
        ("reach", "reach reach_estimate impressions alcance abast portee reichweite portata copertura"),
        ("country", "country country_code pais pays land paese"),
        ("place", "place location city lugar ciudad lloc ciutat lieu ville ort stadt luogo citta cidade"),
        ("uri", "uri"),
        ("revised_at", "revised_at edited_at"),
        ("deleted", "deleted"),
        ("domain", "domain site"),
    )
}
"""Usual names of columns in seven languages, without accents; the first that a file has is taken."""

MUST_BE_RIGHT = frozenset({"id", "text", "published_at", "arrived_at", "author", "followers", "url"})
"""A line in which one of these is wrong is a bad line; another field that makes no sense is left out."""

TIMES = ("published_at", "arrived_at", "revised_at")
ROW = "$"
"""As a column: the whole line, so that no column is named."""

NAMED = 100
"""Columns that are told where one is missing."""
LOOK_AHEAD = 200  # JSON lines read before deciding which names the file uses
JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}
CSV_ENDINGS = {".csv", ".tsv", ".txt"}

SHOWN = 80
"""Characters of a value that is at fault."""


@dataclass(frozen=True)
class Line:
    """How a line becomes a mention."""

    given: Callable[[dict[str, Any]], dict[str, object]]
    """It under our names, not yet checked."""
    draft: Callable[[dict[str, object]], MentionDraft]
    """The mention of these; Invalid names the field at fault."""


@dataclass(frozen=True)
class Opened:
    """A file whose columns are known."""

    layout: str | None
    """The suite whose export it is; None: anybody's own."""
    columns: Sequence[str]
    found: Mapping[str, str]
    """Which column holds which of our fields; of a suite's export those that are mapped otherwise."""
    lines: Iterator[MentionDraft | BadLine]
    beside: Iterator[tuple[Mapping[str, str], MentionDraft | BadLine]]
    """The same lines, each behind what the file says of its fields, as it is written there."""
    close: Callable[[], None]
    """For who does not read all lines."""


def read(
    path: Path, *, field_map: Mapping[str, str], now: datetime, zone: tzinfo | None = None
) -> Iterator[MentionDraft | BadLine]:
    """Every line of the file, as a draft or as what is wrong with it; see `opened`."""
    return opened(path, field_map=field_map, now=now, zone=zone).lines


def opened(path: Path, *, field_map: Mapping[str, str], now: datetime, zone: tzinfo | None = None) -> Opened:
    """The file, its layout found out; its lines are read as they are asked for.

    `field_map` (ours to theirs) goes before the usual names. Times without an offset are in `zone`; without
    one they are refused, but for a suite's export, which is in UTC. Raises Invalid when the file cannot be
    opened, when a mapped or needed column is not in it, or when some of a column's days can only have the
    month first and others only the day; this happens before the first line is given out. For the last the
    file is read through once.
    """
    ending = path.suffix.lower()
    check_name(path.name)
    make = _json if ending in JSON_ENDINGS else _csv

    def begun(file: IO[str], month_first: Set[str]) -> _Table:
        return make(file, "\t" if ending == ".tsv" else ",", field_map, now, zone, month_first)

    unicode_only = ending in JSON_ENDINGS
    with open_text(path, unicode_only=unicode_only) as file:
        month_first = _month_first(begun(file, frozenset()))
    file = open_text(path, unicode_only=unicode_only)
    try:
        found = begun(file, month_first)
    except BaseException:
        file.close()
        raise
    lines, beside = _lines(file, found, now), _beside(found, now)
    return Opened(found.layout, found.columns, found.found, lines, beside, file.close)


def check_name(name: str) -> None:
    """Invalid unless the name's ending says what the file holds."""
    if Path(name).suffix.lower() not in JSON_ENDINGS | CSV_ENDINGS:
        known = ", ".join(sorted(JSON_ENDINGS | CSV_ENDINGS))
        raise Invalid("{}: the name must end in one of {}", name, known, field="file")


@dataclass(frozen=True)
class _Table:
    layout: str | None
    columns: Sequence[str]
    found: Mapping[str, str]
    rows: Iterator[Row]
    line: Line
    field_map: FieldMap | None = None
    """Of anybody's own file, whose days may be written in either order."""
    published: str = ROW
    """A suite's column of `published_at`."""


def _month_first(table: _Table) -> Set[str]:
    """Which of our times have the month first. Invalid: one of them in some lines, and in others not."""
    if table.field_map is None:
        return frozenset()
    times = FieldMap(items=None, places=tuple(one for one in table.field_map.places if one.field in TIMES))
    found = {one.field: Days() for one in times.places}
    for _, row in table.rows:
        if isinstance(row, BadLine):
            continue
        with suppress(Invalid):  # a bad line, which is told of when it is read
            for field, value in times.read(row).items():
                if isinstance(value, str):
                    found[field].see(value)
    for field, days in found.items():
        if days.month_first and days.day_first:
            raise Invalid(
                f"{_column(table, field)}: {days.month_first} has the month first, {days.day_first} the day; "
                "which is meant where both are 12 or less cannot be told: write all in one way, best as "
                "2026-11-20",
                field="days",
            )
    return frozenset(field for field, days in found.items() if days.month_first)


def _column(table: _Table, field: str) -> str:
    """Where a field of ours stands in the file; what people call it, where the file does not say."""
    theirs = table.found.get(field, table.published if field == "published_at" else ROW)
    return label(field) if theirs == ROW or theirs.startswith("=") else theirs


def _lines(file: IO[str], table: _Table, now: datetime) -> Iterator[MentionDraft | BadLine]:
    with file:
        for number, row in table.rows:
            yield row if isinstance(row, BadLine) else _draft(number, row, table, now)


def _beside(table: _Table, now: datetime) -> Iterator[tuple[Mapping[str, str], MentionDraft | BadLine]]:
    for number, row in table.rows:
        yield (
            ({}, row) if isinstance(row, BadLine) else (_says(row, table), _draft(number, row, table, now))
        )


def _says(row: dict[str, Any], table: _Table) -> Mapping[str, str]:
    """What stands in a row's columns, under our names. Of a suite's export the time alone."""
    found: dict[str, object] = {}
    if table.field_map is not None:
        with suppress(Invalid):
            found = table.field_map.read(row)
    elif table.published in row:
        found = {"published_at": row[table.published]}
    written = {field: storable(str(value)).strip() for field, value in found.items() if value is not None}
    return {field: value for field, value in written.items() if value}


def _draft(number: int, row: dict[str, Any], table: _Table, now: datetime) -> MentionDraft | BadLine:
    given: dict[str, object] = {}
    try:
        given = table.line.given(row)
        draft = table.line.draft(given)
    except Invalid as error:
        field = error.field or ""
        reason: str = error.message
        if field in FIELDS and reason.startswith(f"{field} "):
            reason = _column(table, field) + reason.removeprefix(field)
        return _bad(number, reason, given.get(field))
    if (latest := max(draft.published_at, draft.arrived_at or draft.published_at)) > now + MAX_AHEAD:
        return _bad(number, "its time is in the future; is the time zone right?", latest.isoformat())
    return draft


def _bad(number: int, reason: str, value: object) -> BadLine:
    shown = "" if value is None else storable(str(value)).strip()[:SHOWN]
    return BadLine(number, reason, "" if repr(shown[:40]) in reason else shown)


def _json(
    file: IO[str],
    _: str,
    field_map: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None,
    month_first: Set[str],
) -> _Table:
    ahead = beginning(file, LOOK_AHEAD)
    read = {name: None for _, row in json_rows(ahead) if isinstance(row, dict) for name in row}
    names = [name for name in read if name == storable(name)]
    found = resolve(field_map, names) if names else {}
    places = _field_map(USUAL | found, names)
    line = _own(places, now, zone, month_first)
    return _Table(None, names, found, json_rows(chain(ahead, file)), line, places)


def _csv(
    file: IO[str],
    first: str,
    field_map: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None,
    month_first: Set[str],
) -> _Table:
    suites = [layout.recognises for layout in LAYOUTS]
    own = [partial(_is_header, field_map=field_map, least=least) for least in (2, 1)]
    found = table(file, first=first, is_header=[*suites, *own])
    layout = next((layout for layout in LAYOUTS if layout.recognises(found.header)), None)
    if layout is not None:
        line = _exported(layout, field_map, found.header, now, zone)
        published = next(name for name in found.header if plain(name) == layout.published)
        return _Table(layout.name, found.header, field_map, found.rows, line, published=published)
    resolved = resolve(field_map, found.header) if found.header else {}
    places = _field_map(resolved, found.header)
    line = _own(places, now, zone, month_first)
    return _Table(None, found.header, resolved, found.rows, line, places)


def _is_header(cells: Sequence[str], *, field_map: Mapping[str, str], least: int) -> bool:
    """Whether this row names columns: all that are mapped, one for the text, and so many in all."""
    try:
        found = resolve(field_map, [cell.strip() for cell in cells])
    except Invalid:
        return False
    return sum(theirs != ROW and not theirs.startswith("=") for theirs in found.values()) >= least


def resolve(field_map: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Which of the file's names holds each of our fields. Invalid for what is unknown on either side."""
    _check_map(field_map, names)
    found, usual = dict(field_map), {name_of(name): name for name in reversed(names)}
    for ours, aliases in ALIASES.items():
        theirs = next((usual[alias] for alias in aliases if alias in usual), None)
        if ours not in found and theirs is not None:
            found[ours] = theirs
    if "text" not in found:
        raise Invalid(f"no column for the text among {_listed(names)}; add --map text=COLUMN", field="text")
    return found


def _check_map(field_map: Mapping[str, str], names: Sequence[str]) -> None:
    for ours, theirs in field_map.items():
        if ours not in FIELDS:
            raise Invalid(f"--map {ours}={theirs}: {ours!r} is not one of {', '.join(FIELDS)}", field="map")
        parts = [part.strip() for part in split(theirs)]
        known = theirs in names or any(
            part.startswith(("$", "=")) or part in names or part.split(".")[0] in names for part in parts
        )
        if not known:
            raise Invalid(f"--map {ours}={theirs}: the file has only {_listed(names)}", field="map")


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:NAMED], "…"] if len(names) > NAMED else names)


def _field_map(found: Mapping[str, str], names: Sequence[str]) -> FieldMap:
    """The map of a file: a column's exact name goes before what it would mean as a path."""
    return FieldMap(
        items=None,
        places=tuple(
            Place(ours, theirs) if theirs in names else place(ours, theirs) for ours, theirs in found.items()
        ),
    )


def _own(field_map: FieldMap, now: datetime, zone: tzinfo | None, month_first: Set[str]) -> Line:
    """Lines of anybody's own file."""
    return Line(
        given=lambda row: _tidied(field_map.read(row), zone, month_first),
        draft=lambda given: _parsed(given, now, zone),
    )


def _tidied(given: dict[str, object], zone: tzinfo | None, month_first: Set[str]) -> dict[str, object]:
    """What people and spreadsheets write, as `parse` wants it; what is not understood stays as it is."""
    for field in TIMES:
        try:
            found = values.when(iso(given.get(field), months_first=field in month_first), zone)
        except ValueError:
            continue
        given[field] = found.isoformat() if found else None
    for field, reading in (("followers", values.count), ("reach", values.count), ("lang", values.language)):
        given[field] = reading(given.get(field)) or given.get(field)
    return given | {"country": values.country(given.get("country"))}


def _parsed(given: dict[str, object], now: datetime, zone: tzinfo | None) -> MentionDraft:
    while True:
        try:
            return parse(given, now=now, zone=zone)
        except Invalid as error:
            if error.field is None or error.field in MUST_BE_RIGHT or given.pop(error.field, None) is None:
                raise


def _exported(
    layout: Columns, field_map: Mapping[str, str], names: Sequence[str], now: datetime, zone: tzinfo | None
) -> Line:
    """Lines of a suite's export, some of their fields mapped otherwise."""
    _check_map(field_map, names)
    mapped = _field_map(field_map, names)

    def draft(given: dict[str, object]) -> MentionDraft:
        found = finished(given, now, zone)
        return found if "arrived_at" in field_map else replace(found, arrived_at=None)

    return Line(given=lambda row: layout.values(row) | mapped.read(row), draft=draft)
