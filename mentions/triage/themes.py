"""What the waiting cases of an inbox are about, so that a wave of thousands can be read and worked off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from kit.db import ReadSession, WriteSession
from mentions.mention import Mention
from mentions.texts.terms import count_terms
from mentions.texts.text import fold
from mentions.triage import checks
from mentions.triage.case import WAITING, Case, CaseMention
from mentions.triage.reporting import report_back
from people.organisations import Brand
from people.permissions import Viewer, require_house, require_responder
from people.telling import tell

READ = 2_000  # newest waiting cases that are looked at
SHOWN = 8
SHARED_BY = 3  # cases that a word must stand in to be a theme


@dataclass(frozen=True)
class Theme:
    """A word or pair of words, and how many waiting cases have it."""

    term: str
    count: int


async def themes(session: ReadSession, viewer: Viewer, department_id: int) -> list[Theme]:
    """The commonest words of what waits in a department, brands' names apart. Forbidden to partners."""
    require_house(viewer)
    return common([text for _, text in await _waiting(session, department_id)], await _names(session))


def common(texts: Sequence[str], names: frozenset[str]) -> list[Theme]:
    """Words shared by three texts or more, the commonest first; none twice, be it as part of a pair."""
    found = count_terms(texts, without=names)
    ranked = sorted(found.counts.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))
    kept: list[str] = []
    for term, count in ranked:
        if count < SHARED_BY or len(kept) == SHOWN:
            break
        if not any(set(term.split()) & set(other.split()) for other in kept):
            kept.append(term)
    return [Theme(found.spellings[term], found.counts[term]) for term in kept]


async def about(session: ReadSession, department_id: int, term: str) -> list[int]:
    """The ids of waiting cases whose newest words have the term."""
    names = await _names(session)
    waiting = await _waiting(session, department_id)
    return [number for number, text in waiting if speaks_of(text, term, names)]


def speaks_of(text: str, term: str, names: frozenset[str]) -> bool:
    """Whether the text has the term as `common` counts it: by whole words. Pure."""
    return fold(term) in count_terms([text], without=names).counts


async def close_theme(
    session: WriteSession, viewer: Viewer, department_id: int, term: str, *, outcome: str, now: datetime
) -> int:
    """Close what nobody has claimed of one theme by one decision; returns how many cases that were."""
    require_responder(viewer)
    theme = checks.required(term, field="theme")
    words = checks.required(outcome, field="outcome")
    numbers = await about(session, department_id, theme)
    closed = (
        update(Case)
        .where(Case.id.in_(numbers), Case.department_id == department_id, Case.state.in_(WAITING))
        .values(state="closed", outcome=words, closed_at=now)
        .returning(Case)
    )
    cases = (await session.scalars(closed)).all()
    for case in cases:
        await report_back(session, viewer, case, "closed", now=now)
    if cases:
        closed_ids = sorted(case.id for case in cases)
        tell(
            session,
            viewer,
            "cases.closed",
            now=now,
            theme=theme,
            count=len(cases),
            outcome=words,
            cases=closed_ids,
        )
    return len(cases)


async def _waiting(session: ReadSession, department_id: int) -> list[tuple[int, str]]:
    """(case, newest text) of what waits, the newest cases first."""
    same = and_(CaseMention.mention_id == Mention.id, CaseMention.arrived_at == Mention.arrived_at)
    query = (
        select(Case.id, Mention.text)
        .join(CaseMention, CaseMention.case_id == Case.id)
        .join(Mention, same)
        .where(Case.department_id == department_id, Case.state.in_(WAITING))
        .ext(distinct_on(Case.id))
        .order_by(Case.id.desc(), Mention.arrived_at.desc())
        .limit(READ)
    )
    return list((await session.execute(query)).all())


async def _names(session: ReadSession) -> frozenset[str]:
    """The words of the brands' names, also run together as in a hashtag."""
    names = [fold(name) for name in await session.scalars(select(Brand.name))]
    return frozenset(word for name in names for word in (*name.split(), "".join(name.split())))
