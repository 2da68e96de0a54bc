"""A runbook as a file wants it becomes its next version; what lessons taught it meanwhile stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from kit.db import ReadSession, WriteSession
from kit.events import record
from runbooks.plan import PlannedStep
from runbooks.proposal import Proposal
from runbooks.runbook import Runbook, StepPlan, Version
from runbooks.versions import newest, planned, steps_of, write

NOTE = "From the set-up file."


async def revise(
    session: WriteSession,
    crisis_type: str,
    *,
    name: str,
    summary: str,
    steps: Sequence[PlannedStep],
    as_of: datetime | None,
    now: datetime,
) -> dict[str, int]:
    """Bring the runbook of this type to these steps: by a next version where they differ, else by nothing.

    A step that a lesson changed after `as_of` (None: ever) stays as the lesson left it. Returns those that
    would else read otherwise or be gone: the number of the version in which the lesson came in, by key.
    """
    # one after the other per runbook, as lessons are taken in
    query = select(Runbook).where(Runbook.crisis_type == crisis_type).with_for_update()
    runbook = (await session.scalars(query)).one()
    runbook.name, runbook.summary = name, summary
    top = await newest(session, runbook.id)
    there = [planned(step) for step in await steps_of(session, top.id)]
    taught = await _taught(session, top, as_of)
    edition = merged(steps, there, taught)
    if edition != there:
        version = await write(session, runbook.id, top.number + 1, edition, note=NOTE, now=now)
        record(
            session, "runbook.revised", at=now,
            runbook_id=runbook.id, runbook=name, version=version.number,
        )  # fmt: skip
    wanted = {step.key: step for step in steps}
    return {step.key: taught[step.key] for step in there if _stays(step, wanted, taught)}


def merged(
    wanted: Sequence[PlannedStep], there: Sequence[PlannedStep], taught: Collection[str]
) -> list[PlannedStep]:
    """The wanted steps by their deadlines; as they are there if a lesson taught it, or they say the same."""
    known = {step.key: step for step in there}
    asked = {step.key for step in wanted}
    steps = [
        known[step.key] if step.key in taught or _same(known.get(step.key), step) else step for step in wanted
    ]
    steps += [step for step in there if step.key in taught and step.key not in asked]
    return sorted(steps, key=lambda step: step.minutes)


def _same(there: PlannedStep | None, wanted: PlannedStep | None) -> bool:
    """Whether both say the same, whatever lesson it came from."""
    return there is not None and wanted == replace(there, lesson_id=None)


def _stays(there: PlannedStep, wanted: Mapping[str, PlannedStep], taught: Collection[str]) -> bool:
    return there.key in taught and not _same(there, wanted.get(there.key))


async def _taught(session: ReadSession, top: Version, as_of: datetime | None) -> dict[str, int]:
    """Which steps of this version a lesson changed after `as_of`, and in which version each."""
    query = (
        select(StepPlan.key, Version.number)
        .join(Proposal, Proposal.lesson_id == StepPlan.lesson_id)
        .join(Version, Version.id == Proposal.version_id)
        .where(StepPlan.version_id == top.id)
    )
    if as_of is not None:
        query = query.where(Version.created_at > as_of)
    return dict((await session.execute(query)).all())
