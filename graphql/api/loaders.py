"""Batched look-ups by key: a page with forty steps asks for their owners once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from sqlalchemy import select
from strawberry.dataloader import DataLoader

from alerts import access as alert_access
from alerts import claims
from alerts.alert import Alert
from alerts.judging.remembered import remembered
from alerts.page import Escalation
from incident import access as incident_access
from incident import decisions, peak, responses
from incident.digest.digest import DigestSubscription
from incident.incident import Incident, IncidentAlert
from incident.response import Response
from incident.review import Lesson, Review
from kit.db import ReadSession, Row
from mentions.identity import handles
from mentions.monitor import Monitor
from mentions.source import Source
from mentions.triage import access
from mentions.triage.case import Case
from mentions.triage.routing import RoutingRule
from people.departments import Department, DepartmentMember
from people.members import Member
from people.organisations import Brand, Organisation
from runbooks import questions
from runbooks.proposal import Proposal
from runbooks.run import Step
from runbooks.runbook import Runbook, Version

Read = Callable[[], AbstractAsyncContextManager[ReadSession]]
T = TypeVar("T", bound=Row)
K = TypeVar("K", int, str)


class Loaders:
    """One loader per noun. They find rows; whether the asker may see one is decided before, by its door."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.member = self._by_id(Member)
        self.organisation = self._by_id(Organisation)
        self.brand = self._by_id(Brand)
        self.monitor = self._by_id(Monitor)
        self.alert = self._by_id(Alert)
        self.remembered_of_monitor = self._asked(remembered, None)
        self.incident = self._by_id(Incident)
        self.digest_subscription = self._by_id(DigestSubscription)
        self.step = self._by_id(Step)
        self.response = self._by_id(Response)
        self.writers_of_response = self._asked(responses.writers_of, set())
        self.decisions_of_response = self._asked(decisions.of_responses, [])
        self.lesson = self._by_id(Lesson)
        self.review = self._by_id(Review)
        self.runbook = self._by_id(Runbook)
        self.version = self._by_id(Version)
        self.escalation_of_alert = self._by(Escalation, "alert_id")
        self.claims_of_alert = self._asked(claims.earlier_of, [])
        self.running_of_brand = self._asked(alert_access.running_alerts, [])
        self.alerts_of_incident = self._asked(incident_access.alerts_of, [])
        self.peak_of_incident = self._asked(peak.peaks_of, None)
        self.incident_of_alert = self._by(IncidentAlert, "alert_id")
        self.source = self._by_id(Source)
        self.department = self._by_id(Department)
        self.routing_rule = self._by_id(RoutingRule)
        self.case = self._by_id(Case)
        self.newest_of_case = self._asked(access.first_said, None)
        self.copies_of_story = self._asked(access.copies, 0)
        self.handle_of_author = self._asked(handles.newest, None)
        self.case_of_mention = self._asked(access.cases_of_mentions, None)
        self.members_of_department = DataLoader(load_fn=self._members)
        self.questions_of_step = self._asked(questions.of_steps, [])
        self.proposal_of_lesson = self._by(Proposal, "lesson_id")

    def _asked(self, ask: Callable[..., Awaitable[dict[K, Any]]], otherwise: Any) -> DataLoader[K, Any]:
        """A loader by a function that finds the answers to many keys at once."""

        async def load(keys: Sequence[K]) -> list[Any]:
            async with self._read() as session:
                found = await ask(session, sorted(set(keys)))
            return [found.get(key, otherwise) for key in keys]

        return DataLoader(load_fn=load)

    async def _members(self, keys: Sequence[int]) -> list[list[int]]:
        row = DepartmentMember
        query = select(row.department_id, row.member_id).where(row.department_id.in_(set(keys)))
        async with self._read() as session:
            pairs = (await session.execute(query.order_by(row.member_id))).all()
        return [[member for department, member in pairs if department == key] for key in keys]

    def _by_id(self, table: type[T]) -> DataLoader[int, T | None]:
        return self._by(table, "id")

    def _by(self, table: type[Any], column: str) -> DataLoader[int, Any]:
        async def load(keys: Sequence[int]) -> list[Any]:
            async with self._read() as session:
                found = await session.execute(select(table).where(getattr(table, column).in_(set(keys))))
            rows = {getattr(row, column): row for row in found.scalars()}
            return [rows.get(key) for key in keys]

        return DataLoader(load_fn=load)
