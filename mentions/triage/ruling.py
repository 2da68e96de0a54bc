"""What admins do with routing rules on their page. One list, changed by one person at a time.

Its version is the number of the last change in the log: 0 as long as only a set-up file has made rules, which
from the first change by hand on leaves them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from kit import locks
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.events import Event
from mentions.monitor import Monitor
from mentions.texts.text import tokenise
from mentions.triage import checks
from mentions.triage.routing import RoutingRule, known_label
from people.departments import Department, check_wait
from people.members import Member
from people.organisations import Brand
from people.permissions import RESPONDERS, Viewer, require_admin, require_house
from people.telling import tell

CHANGED = "routing.changed"
MOST_RULES = 500
LONGEST_TERMS = 2_000
LONGEST_REASON = 300
LONGEST_HINT = 1_000


@dataclass(frozen=True)
class Draft:
    """A rule as it was filled in. What is left open fits everything."""

    label: str = ""
    brand_id: int | None = None
    monitor_id: int | None = None
    lang: str = ""
    terms: str = ""
    department_id: int | None = None
    """None: it becomes no case."""
    reason: str = ""
    hint: str = ""
    owner_id: int | None = None
    answer_minutes: int | None = None


@dataclass(frozen=True)
class Routing:
    """The rules in their order, and which state of them that is."""

    version: int
    rules: Sequence[RoutingRule]


async def routing(session: ReadSession, viewer: Viewer) -> Routing:
    """The rules as they are now. Forbidden to partners."""
    require_house(viewer)
    last = await last_change(session)
    rules = (await session.scalars(select(RoutingRule).order_by(RoutingRule.position))).all()
    return Routing(last.seq if last is not None else 0, rules)


async def last_change(session: ReadSession) -> Event | None:
    """The newest change by hand."""
    query = select(Event).where(Event.kind == CHANGED).order_by(Event.seq.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


async def save(
    session: WriteSession, viewer: Viewer, draft: Draft, *, rule_id: int | None, version: int, now: datetime
) -> RoutingRule:
    """Bring a rule to this, or make one, the last. Conflict: somebody changed the rules meanwhile."""
    rules = await _to_edit(session, viewer, version)
    values = await checked(session, draft)
    row = _rule(rules, rule_id) if rule_id is not None else None
    before = _spelled(row) if row is not None else {}
    if row is None:
        if len(rules) >= MOST_RULES:
            raise Invalid("There are {} rules: that is the most.", MOST_RULES)
        row = RoutingRule(position=max((rule.position for rule in rules), default=0) + 1)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    await session.flush()
    tell(session, viewer, CHANGED, now=now, before=before, after=_spelled(row))
    return row


async def move(
    session: WriteSession, viewer: Viewer, rule_id: int, *, up: bool, version: int, now: datetime
) -> None:
    """Let a rule change places with the one before it, or after it; at the end nothing happens."""
    rules = await _to_edit(session, viewer, version)
    row = _rule(rules, rule_id)
    at = rules.index(row) + (-1 if up else 1)
    if not 0 <= at < len(rules):
        return
    before, other = _spelled(row), rules[at]
    own, its = row.position, other.position
    row.position = -1  # no two have the same place, not for a moment
    await session.flush()
    other.position = own
    await session.flush()
    row.position = its
    await session.flush()
    tell(session, viewer, CHANGED, now=now, before=before, after=_spelled(row))


async def remove(session: WriteSession, viewer: Viewer, rule_id: int, *, version: int, now: datetime) -> None:
    """Take a rule out; the cases that it brought stay where they are."""
    rules = await _to_edit(session, viewer, version)
    row = _rule(rules, rule_id)
    tell(session, viewer, CHANGED, now=now, before=_spelled(row), after={})
    await session.delete(row)
    await session.flush()


async def checked(session: ReadSession, draft: Draft) -> dict[str, object]:
    """The columns of a draft; Invalid names the field that is wrong."""
    if draft.label and not known_label(draft.label):
        raise Invalid("{!r} is nothing that a case can be about.", draft.label[:30], field="label")
    lang = draft.lang.strip().lower()
    if lang and not (len(lang) == 2 and lang.isascii() and lang.isalpha()):
        raise Invalid("A language is two letters, such as ca.", field="lang")
    terms = checks.optional(draft.terms, field="terms", limit=LONGEST_TERMS)
    if terms and not all(tokenise(term) for term in terms.split(",")):
        raise Invalid("Between two commas there is a word.", field="terms")
    if draft.answer_minutes is not None:
        check_wait(draft.answer_minutes)
    await _places(session, draft)
    return {
        **vars(draft),
        "lang": lang,
        "terms": terms,
        "reason": checks.optional(draft.reason, field="reason", limit=LONGEST_REASON),
        "hint": checks.optional(draft.hint, field="hint", limit=LONGEST_HINT),
    }


async def _places(session: ReadSession, draft: Draft) -> None:
    """Invalid for a department, an owner, a brand or a monitor that cannot be meant."""
    if draft.department_id is not None:
        department = await session.get(Department, draft.department_id)
        if department is None or department.archived_at is not None:
            raise Invalid("There is no such department.", field="departmentId")
    if draft.owner_id is not None:
        owner = await session.get(Member, draft.owner_id)
        if owner is None or not owner.active or owner.role not in RESPONDERS:
            raise Invalid("Only admins and responders have cases.", field="ownerId")
    if draft.brand_id is not None and await session.get(Brand, draft.brand_id) is None:
        raise Invalid("There is no such brand.", field="brandId")
    if draft.monitor_id is not None and await session.get(Monitor, draft.monitor_id) is None:
        raise Invalid("There is no such monitor.", field="monitorId")


async def _to_edit(session: WriteSession, viewer: Viewer, version: int) -> list[RoutingRule]:
    """The rules in order, changed by nobody else until the commit."""
    require_admin(viewer)
    await locks.take_turn(session, locks.ROUTING)
    last = await last_change(session)
    if last is not None and last.seq != version:
        raise Conflict("{} has changed the rules meanwhile. Look at them again, then decide.", last.actor)
    return list(await session.scalars(select(RoutingRule).order_by(RoutingRule.position)))


def _rule(rules: Sequence[RoutingRule], rule_id: int) -> RoutingRule:
    found = next((rule for rule in rules if rule.id == rule_id), None)
    if found is None:
        raise NotFound("There is no such rule.")
    return found


def _spelled(rule: RoutingRule) -> dict[str, object]:
    """All of a rule, for the log: what was replaced or taken out can be read there."""
    return {"position": rule.position, **{name: getattr(rule, name) for name in Draft.__dataclass_fields__}}
