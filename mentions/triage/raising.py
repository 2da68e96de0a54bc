"""Sending a mention to a department by hand, and setting right what the rules thought it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case as sql_case
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from kit.errors import Invalid, NotFound
from mentions.mention import Match, Mention
from mentions.monitor import Monitor
from mentions.triage import checks, decisions
from mentions.triage.belonging import case_keys
from mentions.triage.case import WAITING, Case, Raiser
from mentions.triage.gathering import Group, take_in
from mentions.triage.labels import LABELS
from mentions.triage.queue import FRESH, put
from mentions.triage.routing import About, Route, known_label, routes
from people.permissions import Viewer, require_responder
from people.telling import tell


async def raise_case(
    session: WriteSession,
    viewer: Viewer,
    mention_id: int,
    *,
    label: str,
    department_id: int | None = None,
    note: str = "",
    now: datetime,
) -> Case:
    """Send a mention to a department, None: to the one that the rules name. Its outcome is reported back.

    Its author's case takes it in where there is one; what nobody has claimed moves to the department.
    """
    require_responder(viewer)
    if not known_label(label):
        raise Invalid("{!r} is nothing that a case can be about.", label[:30], field="label")
    words = checks.optional(note, field="note")
    mention = await _mention(session, mention_id)
    brand_id, monitor_ids = await _found_by(session, mention)
    ways = await routes(session)
    if department_id is not None and not ways.works(department_id):
        raise Invalid("There is no such department.", field="departmentId")

    def router(about: About) -> Route:
        if not department_id:
            return ways.of(about)
        return Route(department_id, f"{viewer.name}: {words}" if words else "")

    (key,) = await case_keys(session, [(brand_id, mention)], now)
    group = Group(brand_id, key, [mention], label, monitor_ids)
    case = (await take_in(session, [group], ways, router, now=now)).get((brand_id, group.key))
    if case is None:
        raise Invalid("No rule says where this goes: choose a department.", field="departmentId")
    values: dict[str, object] = {
        "raised_by": func.coalesce(Case.raised_by, viewer.member_id),
        "raised_note": sql_case((Case.raised_by.is_(None), words), else_=Case.raised_note),
        "label": label,
    }
    await _note_raiser(session, viewer, case.id, words, now)
    way = router(group.about)
    if case.state in WAITING and way.department_id not in (None, case.department_id):
        values |= {"department_id": way.department_id, "reason": way.reason, "rule_id": way.rule_id}
    await session.execute(update(Case).where(Case.id == case.id).values(**values))
    await session.refresh(case)
    tell(session, viewer, "case.raised", now=now, brand_id=brand_id, case_id=case.id, about=label, note=words)
    return case


async def _note_raiser(
    session: WriteSession, viewer: Viewer, case_id: int, words: str, now: datetime
) -> None:
    """One more who is told what comes of it; their own newest words stand beside those of the others."""
    row = insert(Raiser).values(case_id=case_id, member_id=viewer.member_id, note=words, at=now)
    note = func.coalesce(func.nullif(row.excluded.note, ""), Raiser.note)
    again = row.on_conflict_do_update(index_elements=[Raiser.case_id, Raiser.member_id], set_={"note": note})
    await session.execute(again)


async def correct_label(
    session: WriteSession, viewer: Viewer, mention_id: int, *, label: str, now: datetime
) -> Mention:
    """A person's word on what a mention asks of us counts at once, is kept, and stands against every rule."""
    require_responder(viewer)
    if label and label not in LABELS:
        raise Invalid("{!r} is no label.", label[:30], field="label")
    mention = await _mention(session, mention_id)
    await decisions.note(session, mention, label, member_id=viewer.member_id, now=now)
    before, mention.triage, mention.triaged_by = mention.triage, label, viewer.member_id
    mention.learned = None
    tell(session, viewer, "mention.relabelled", now=now, mention_id=mention.id, before=before, after=label)
    if now - mention.arrived_at < FRESH:
        await put(session, [(mention.id, mention.arrived_at, label)])
    await session.flush()
    return mention


async def _mention(session: WriteSession, mention_id: int) -> Mention:
    mention = await session.scalar(select(Mention).where(Mention.id == mention_id).with_for_update())
    if mention is None or mention.deleted_at is not None:
        raise NotFound("This mention is no longer here.")
    return mention


async def _found_by(session: WriteSession, mention: Mention) -> tuple[int, frozenset[int]]:
    """The brand that the mention is about (of several, the one whose monitor is the oldest), and the ids of
    all monitors that found it."""
    query = (
        select(Monitor.brand_id, Monitor.id)
        .join(Match, Match.monitor_id == Monitor.id)
        .where(Match.mention_id == mention.id, Match.arrived_at == mention.arrived_at)
        .order_by(Monitor.id)
    )
    found = (await session.execute(query)).all()
    if not found:
        raise Invalid("No monitor of a brand has found this mention.", field="mentionId")
    return found[0][0], frozenset(monitor_id for _, monitor_id in found)
