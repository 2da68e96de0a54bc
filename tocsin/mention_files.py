"""What `tocsin import` and `tocsin replay` share: their options, the brand and the source they write to."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from kit.db import ReadSession
from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import BadLine
from mentions.monitor import Monitor
from people.organisations import Brand

NAMED = 3  # bad lines that are spelled out; of the rest only the number is told


@dataclass(frozen=True)
class Options:
    """The arguments, checked."""

    path: Path
    field_map: dict[str, str]
    zone: ZoneInfo | None
    brand: str | None
    source: str


def configure(parser: argparse.ArgumentParser, *, source: str) -> None:
    """Add the options that both commands have; `source` explains the default source in words."""
    parser.add_argument("file", type=Path, help="CSV with a header, or JSON lines")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="the file's column for one of our fields, such as text=body; may be given several times",
    )
    parser.add_argument("--brand", metavar="SLUG", help="count every mention for this brand's first monitor")
    parser.add_argument("--zone", help="time zone of times without an offset, such as Europe/Madrid")
    parser.add_argument("--source", metavar="NAME", help=f"source to file them under (default: {source})")


def options(args: argparse.Namespace, *, source: str) -> Options:
    """The checked arguments; Invalid says which one is wrong."""
    pairs = [pair.partition("=") for pair in args.map]
    for ours, equals, theirs in pairs:
        if not (ours and equals and theirs):
            raise Invalid(f"--map {ours}{equals}{theirs}: write it as OURS=THEIRS, such as text=body")
    field_map = {ours: theirs for ours, _, theirs in pairs}
    return Options(args.file, field_map, _zone(args.zone), args.brand, args.source or source)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f"--zone {name}: there is no such time zone") from error


async def brand_monitors(session: ReadSession, slug: str | None) -> tuple[int, ...]:
    """The brand's first monitor, to which all mentions of the file belong; nothing without a brand."""
    if slug is None:
        return ()
    if await session.scalar(select(Brand.id).where(Brand.slug == slug)) is None:
        known = ", ".join(await session.scalars(select(Brand.slug).order_by(Brand.slug))) or "none"
        raise Invalid(f"--brand {slug}: there is no such brand (there are: {known})")
    query = select(Monitor.id).join(Brand, Brand.id == Monitor.brand_id).where(Brand.slug == slug)
    first = await session.scalar(query.where(Monitor.enabled).order_by(Monitor.id).limit(1))
    if first is None:
        raise Invalid(f"--brand {slug}: this brand has no enabled monitor")
    return (first,)


def describe_bad(path: Path, bad: Sequence[BadLine]) -> str:
    """One line that names the lines which hold no mention."""
    unzoned = any("has no UTC offset" in line.reason for line in bad)
    hint = "; say in which zone its times are, such as --zone Europe/Madrid" if unzoned else ""
    told = "; ".join(f"line {line.number}: {line.reason.rstrip('.')}" for line in bad[:NAMED])
    rest = f"; and {len(bad) - NAMED:,} more" if len(bad) > NAMED else ""
    return f"{path.name}: {counted(len(bad), 'line')} left out: {told}{rest}{hint}"


def counted(number: int, one: str) -> str:
    """`1 mention`, `2 mentions`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def apart(lines: Iterable[MentionDraft | BadLine]) -> tuple[list[MentionDraft], list[BadLine]]:
    """The drafts, and the lines that hold none."""
    drafts: list[MentionDraft] = []
    bad: list[BadLine] = []
    for line in lines:
        if isinstance(line, BadLine):
            bad.append(line)
        else:
            drafts.append(line)
    return drafts, bad
