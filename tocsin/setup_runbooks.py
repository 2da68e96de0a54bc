"""Runbooks of a set-up file: read, brought into the database, and printed as such a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from incident import wording
from incident.types import CRISIS_TYPES
from kit.db import ReadSession, WriteSession
from kit.errors import Invalid
from people.members import Member
from runbooks import library
from runbooks.changes import cleaned_field
from runbooks.owners import named_members
from runbooks.plan import PlannedStep
from runbooks.revising import revise
from runbooks.runbook import Runbook
from runbooks.versions import newest, planned, steps_of
from tocsin.setup_entries import check

RUNBOOK = {"type", "name", "summary", "as_of", "steps"}
STEP = {"key", "title", "body", "minutes", "owner", "kind", "needs_approval"}
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
KINDS = ("task", "statement")
RULES = ("lead", "on_call", "partner")


async def runbooks(
    session: WriteSession, entries: object, people: Mapping[str, int], left: list[str], *, now: datetime
) -> None:
    """Bring the runbooks of these crisis types to what the file says, each by a next version.

    What lessons have changed since the runbook's `as_of` stays, and is named in `left`.
    """
    tables = _tables(entries, "runbooks")
    if tables:  # so that there is one to bring forward, also where nobody has called `tocsin migrate` yet
        await library.seed(session, now=now)
    seen: set[str] = set()
    for entry in tables:
        check(entry, RUNBOOK, "a runbook", needed=("type", "name", "steps"))
        crisis_type = entry["type"]
        what = f"runbook {crisis_type!r}"
        if not isinstance(crisis_type, str) or crisis_type not in CRISIS_TYPES:
            raise Invalid(f"{what}: type must be one of {', '.join(CRISIS_TYPES)}")
        if crisis_type in seen:
            raise Invalid(f"{what} is in this file twice")
        seen.add(crisis_type)
        stayed = await revise(
            session,
            crisis_type,
            name=_field(what, "name", "title", entry["name"]),
            summary=_summary(what, entry.get("summary", "")),
            steps=_steps(what, entry["steps"], people),
            as_of=_as_of(what, entry.get("as_of"), now),
            now=now,
        )
        left += [
            f"step {key!r} of {what} (a lesson changed it in version {number})"
            for key, number in stayed.items()
        ]


def _tables(entries: object, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise Invalid(f"{name} are written as [[{name}]]")
    return entries


def _steps(what: str, entries: object, people: Mapping[str, int]) -> list[PlannedStep]:
    steps = [_step(what, entry, people) for entry in _tables(entries, "runbooks.steps")]
    if not steps:
        raise Invalid(f"{what} has no steps")
    keys = [step.key for step in steps]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise Invalid(f"{what} has two steps {twice[0]!r}")
    return steps


def _step(runbook: str, entry: Mapping[str, Any], people: Mapping[str, int]) -> PlannedStep:
    key = entry.get("key", "")
    what = f"step {key!r} of {runbook}"
    check(entry, STEP, what, needed=("key", "title", "body", "minutes"))
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Invalid(f"{what}: a key has small letters, digits and _ only, 60 at most")
    kind = entry.get("kind", "task")
    if kind not in KINDS:
        raise Invalid(f"{what}: kind must be one of {', '.join(KINDS)}")
    return PlannedStep(
        key,
        title=_field(what, "title", "title", entry["title"]),
        body=_field(what, "body", "body", entry["body"]),
        minutes=_field(what, "minutes", "due_minutes", entry["minutes"]),
        owner=_owner(what, entry.get("owner", "lead"), people),
        kind=kind,
        needs_approval=_field(
            what, "needs_approval", "needs_approval", entry.get("needs_approval", kind == "statement")
        ),
    )


def _field(what: str, name: str, field: str, value: object) -> Any:
    """The value under the rules for this field of a step."""
    try:
        return cleaned_field(field, value)
    except Invalid as error:
        raise Invalid(f"{what}: {name}: {error}") from error


def _summary(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{what}: summary must be text")
    try:
        return wording.optional(value, field="summary")
    except Invalid as error:
        raise Invalid(f"{what}: summary: {error}") from error


def _owner(what: str, value: object, people: Mapping[str, int]) -> str:
    if isinstance(value, str) and value in RULES:
        return value
    if isinstance(value, str) and value in people:
        return f"member:{people[value]}"
    raise Invalid(
        f"{what}: owner {value!r} is not {', '.join(RULES)} or the mail address of a member in this file"
    )


def _as_of(what: str, value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid(f"{what}: as_of must be a time with its zone, such as 2026-01-31T12:00:00Z")
    if value > now:
        raise Invalid(f"{what}: as_of lies ahead")
    return value


async def printed(session: ReadSession, *, now: datetime) -> str:
    """All runbooks in their newest versions, as the `[[runbooks]]` of a set-up file."""
    blocks = []
    for runbook in await session.scalars(select(Runbook).order_by(Runbook.crisis_type)):
        version = await newest(session, runbook.id)
        steps = [planned(step) for step in await steps_of(session, version.id)]
        mails = await _mails(session, steps)
        as_of = now.replace(microsecond=0).isoformat()
        about = {"type": runbook.crisis_type, "name": runbook.name, "summary": runbook.summary}
        blocks.append(f"[[runbooks]]\n{_lines(about)}as_of = {as_of}\n")
        blocks += [f"[[runbooks.steps]]\n{_lines(_entry(step, mails))}" for step in steps]
    return "\n".join(blocks)


async def _mails(session: ReadSession, steps: list[PlannedStep]) -> dict[str, str]:
    """By the rule that names the member."""
    ids = named_members([step.owner for step in steps])
    rows = await session.execute(select(Member.id, Member.email).where(Member.id.in_(ids)))
    return {f"member:{key}": mail for key, mail in rows}


def _entry(step: PlannedStep, mails: Mapping[str, str]) -> dict[str, str | int | bool]:
    return {
        "key": step.key,
        "title": step.title,
        "body": step.body,
        "minutes": step.minutes,
        "owner": mails.get(step.owner, step.owner),
        "kind": step.kind,
        "needs_approval": step.needs_approval,
    }


def _lines(values: Mapping[str, str | int | bool]) -> str:
    """Entries in TOML: its texts, whole numbers and truths are those of JSON, but for one character."""
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")
        for key, value in values.items()
    )
