"""Campaigns from a CSV file. Pure: text in, windows or troubles out.

The first line names the columns: `title`, `start` and `end`, and if need be `lift`, `monitor`, `kind`
(`campaign` or `holiday`), `brief`, `link` and `contact`, parted by commas, semicolons or tabs. Times are
written as in ISO 8601; without a zone they are those of the brand's. An end that is a day means the whole of
that day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.campaigns.parsed import MOST_WINDOWS, Found, Otherwise, Parsed
from alerts.campaigns.wish import Wish
from kit.errors import Invalid
from kit.languages import Sentence
from people.rota.wall import instant, midnight

NEEDED = ("title", "start", "end")
COLUMNS = (*NEEDED, "lift", "monitor", "kind", "brief", "link", "contact")
PARTED = ",;\t"
MOST_TROUBLES = 100


def read_csv(text: str, zone: ZoneInfo, otherwise: Otherwise) -> Parsed:
    """Everything that the file announces, and what is wrong with it."""
    parsed = Parsed()
    lines = text.lstrip("\ufeff")
    head = lines.partition("\n")[0]
    rows = csv.reader(io.StringIO(lines), delimiter=max(PARTED, key=head.count), strict=True)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        if missing := [name for name in NEEDED if name not in columns]:
            parsed.troubles.append(
                Sentence(
                    "The first line must name the columns {}; there is no {}.",
                    ", ".join(NEEDED),
                    ", ".join(missing),
                )
            )
            return parsed
        for row in rows:
            if not any(value.strip() for value in row):
                continue
            if len(parsed.found) > MOST_WINDOWS:
                break
            if len(parsed.troubles) >= MOST_TROUBLES:
                said = Sentence(
                    "It was read to line {} only: there is too much wrong with it.", rows.line_num - 1
                )
                parsed.troubles.insert(0, said)
                break
            _take(parsed, rows.line_num, columns, row, zone, otherwise)
    except csv.Error as error:
        parsed.troubles.append(Sentence("Line {} cannot be read: {}.", rows.line_num, error))
    if not parsed.found and not parsed.troubles:
        parsed.troubles.append(Sentence("There is nothing behind the first line."))
    return parsed


def _take(
    parsed: Parsed, line: int, columns: list[str], row: list[str], zone: ZoneInfo, otherwise: Otherwise
) -> None:
    """One line into what was found, or into the troubles."""
    try:
        if len(row) > len(columns):
            raise Invalid("it has more values than there are columns.")
        found = _found(dict(zip(columns, (value.strip() for value in row), strict=False)), zone, otherwise)
    except Invalid as error:
        parsed.troubles.append(Sentence("Line {}: {}", line, error.message))
        return
    if any((one.uid, one.occurrence) == (found.uid, found.occurrence) for one in parsed.found):
        parsed.troubles.append(Sentence("Line {}: this title and start are in the file twice.", line))
    parsed.found.append(found)


def _found(values: Mapping[str, str], zone: ZoneInfo, otherwise: Otherwise) -> Found:
    starts_at, ends_at = _moment(values, "start", zone), _moment(values, "end", zone)
    expected = _lift(values["lift"]) if values.get("lift") else otherwise.lift
    kind = values.get("kind", "").lower() or otherwise.kind
    about: dict[str, Any] = {name: values.get(name, "") for name in ("brief", "link", "contact")}
    wish = Wish(values.get("title", ""), starts_at, ends_at, expected, kind, **about)
    checked = wish.checked()
    monitor = values.get("monitor", "")
    uid = f"csv:{checked['title']}:{monitor}"
    return Found(uid, starts_at.isoformat(), wish, monitor)


def _moment(values: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime:
    raw = values.get(name, "")
    try:
        if len(raw) <= len("2026-03-10"):
            day = date.fromisoformat(raw)
            return midnight(day + timedelta(days=1) if name == "end" else day, zone)
        moment = datetime.fromisoformat(raw)
    except (ValueError, OverflowError) as error:
        raise Invalid("the {} {!r} is no day or time, such as 2026-05-30T09:00.", name, raw[:30]) from error
    return moment if moment.tzinfo is not None else instant(moment, zone)


def _lift(raw: str) -> float:
    try:
        return float(raw.lstrip("x×").replace(",", "."))
    except ValueError as error:
        raise Invalid("the lift {!r} is not a number.", raw[:20]) from error
