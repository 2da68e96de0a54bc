"""What people said of a monitor's detector, how precise it was by that, and what it proposes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from alerts.detection.settings import PRESETS
from alerts.feedback import marks, service
from alerts.tuning.numbers import NUMBERS
from alerts.tuning.service import Wish
from api.backtests import COST, DetectorRecord, TriedNumber
from api.context import Info
from api.errors import Problem, change, number
from api.people import Person, person
from api.shape import shape
from incident import proposing
from mentions.counting.counts import moment_of


@strawberry.type(description="An alert that was no crisis, or a crisis without an alert.")
class DetectorMark:
    id: strawberry.ID
    kind: str = strawberry.field(description="no_crisis or missed.")
    at: datetime = strawberry.field(description="When the alert began, or should have.")
    note: str
    made_at: datetime
    alert_id: strawberry.ID | None
    monitor_id: strawberry.ID
    maker_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: marks.Mark) -> DetectorMark:
        return shape(cls, row, at=moment_of(row.minute), maker_id=row.made_by)

    @strawberry.field
    async def made_by(self, info: Info) -> Person | None:
        return await person(info, self.maker_id)


@strawberry.type(description="The record of one family of signals.")
class FamilyRecord:
    family: str
    record: DetectorRecord


@strawberry.type(description="Figures of a back-test that were stored with a proposal.")
class ProposedRecord:
    alarms: int
    confirmed: int
    refused: int
    unjudged: int
    crises: int
    missed: int
    precision: float | None
    recall: float | None
    delay: float | None
    per_week: float | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> ProposedRecord:
        return cls(**data)


@strawberry.type(description="A setting that would have done better. It holds when somebody accepts it.")
class DetectorProposal:
    id: strawberry.ID
    monitor_id: strawberry.ID
    state: str = strawberry.field(description="open, accepted or declined.")
    preset: str
    persist_minutes: int
    alarms_a_week: float | None
    numbers: list[TriedNumber] = strawberry.field(description="Those that differ from the preset's.")
    since: datetime
    until: datetime
    now: ProposedRecord = strawberry.field(description="What is set, over that stretch.")
    then: ProposedRecord = strawberry.field(description="What is proposed, over the same stretch.")
    made_at: datetime

    @classmethod
    def of(cls, row: marks.Proposal) -> DetectorProposal:
        wish = Wish(**row.wish)
        numbers = (wish.numbers or {}).items()
        differing = [(name, value) for name, value in numbers if value != _preset(wish.preset, name)]
        return shape(
            cls,
            row,
            preset=wish.preset,
            persist_minutes=wish.persist_minutes,
            alarms_a_week=wish.alarms_a_week,
            numbers=[TriedNumber(name=name, value=float(value)) for name, value in differing],
            since=moment_of(row.since),
            until=moment_of(row.until),
            now=ProposedRecord.of(row.now),
            then=ProposedRecord.of(row.then),
        )


def _preset(preset: str, name: str) -> float | None:
    return float(getattr(PRESETS[preset], name)) if name in NUMBERS else None


@strawberry.type(description="What people said of a monitor's detector, and what follows.")
class DetectorFeedback:
    days: int
    since: datetime = strawberry.field(
        description="What the record is of begins here: so many days ago, or when the monitor was made."
    )
    record: DetectorRecord = strawberry.field(description="Of all alerts that page, as they were raised.")
    families: list[FamilyRecord]
    marks: list[DetectorMark] = strawberry.field(description="The newest 200.")
    proposal: DetectorProposal | None


@strawberry.type(description="What was found when a better setting was looked for.")
class ProposalSearch:
    found: bool = strawberry.field(description="False: nothing is clearly better than what is set.")
    proposal: DetectorProposal | None


MarkResult = Annotated[DetectorMark | Problem, strawberry.union("DetectorMarkResult")]
ProposalResult = Annotated[DetectorProposal | Problem, strawberry.union("DetectorProposalResult")]
SearchResult = Annotated[ProposalSearch | Problem, strawberry.union("ProposalSearchResult")]


@strawberry.type
class FeedbackQuery:
    @strawberry.field(description="How precise a monitor's detector was, and what people said of it.")
    async def detector_feedback(
        self, info: Info, monitor_id: strawberry.ID, days: int = proposing.DAYS
    ) -> DetectorFeedback:
        viewer, key = info.context.house, number(monitor_id, "monitor")
        async with info.context.read(cost=20) as session:
            found = await proposing.precision_of(session, viewer, key, now=info.context.now, days=days)
            said = await service.marks_of(session, viewer, key)
            proposal = await proposing.open_proposal(session, viewer, key)
        return DetectorFeedback(
            days=found.days,
            since=found.since,
            record=DetectorRecord.of(found.whole),
            families=[
                FamilyRecord(family=family, record=DetectorRecord.of(record))
                for family, record in found.families.items()
            ],
            marks=[DetectorMark.of(one) for one in said],
            proposal=DetectorProposal.of(proposal) if proposal is not None else None,
        )


@strawberry.type
class FeedbackMutation:
    @change(description="There should have been an alert at that time: it counts in the precision record.")
    async def mark_missed(self, info: Info, monitor_id: strawberry.ID, at: datetime, note: str) -> MarkResult:
        key, now = number(monitor_id, "monitor"), info.context.now
        async with info.context.change() as session:
            return DetectorMark.of(
                await service.mark_missed(session, info.context.viewer, key, at, note, now=now)
            )

    @change(description="An alert, open or over, was no crisis. It stays as it is; DismissAlert closes one.")
    async def mark_no_crisis(self, info: Info, alert_id: strawberry.ID, note: str) -> MarkResult:
        key, now = number(alert_id, "alert"), info.context.now
        async with info.context.change() as session:
            return DetectorMark.of(
                await service.mark_no_crisis(session, info.context.viewer, key, note, now=now)
            )

    @change(description="What was said of an alert or a time does not hold.")
    async def take_back_mark(self, info: Info, id: strawberry.ID) -> MarkResult:
        async with info.context.change() as session:
            return DetectorMark.of(
                await service.take_back(
                    session, info.context.viewer, number(id, "mark"), now=info.context.now
                )
            )

    @change(description="Look for a setting that would have done better by what people said.")
    async def propose_setting(self, info: Info, monitor_id: strawberry.ID) -> SearchResult:
        viewer, now = info.context.responder, info.context.now
        async with info.context.read(cost=COST) as session:
            found = await proposing.compared(session, viewer, number(monitor_id, "monitor"), now=now)
        async with info.context.change() as session:
            row = await proposing.propose(session, viewer, found, now=now)
            shown = DetectorProposal.of(row) if row is not None else None
            return ProposalSearch(found=shown is not None, proposal=shown)

    @change(description="Accept a proposed setting, which sets the detector, or decline it.")
    async def decide_proposal(self, info: Info, id: strawberry.ID, accept: bool) -> ProposalResult:
        async with info.context.change() as session:
            row = await proposing.decide(
                session, info.context.viewer, number(id, "proposal"), accept=accept, now=info.context.now
            )
            return DetectorProposal.of(row)
