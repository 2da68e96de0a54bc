"""Trying a source before it is connected."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, optional_number
from api.shape import shape
from api.sources import SourceSettingInput
from api.turns import Turns
from mentions.sources import trial
from mentions.sources.troubles import TROUBLES

_TURNS = Turns(2, a_minute=10)


@strawberry.type(description="A mention as it would come.")
class TriedMention:
    text: str
    title: str | None
    author: str | None
    url: str | None
    published_at: datetime


@strawberry.type
class SourceFault:
    index: int = strawberry.field(description="Its place in the payload, from 0.")
    field: str | None
    reason: str = strawberry.field(description="In the asker's language.")


@strawberry.type(description="What a source would bring, were it set up so. Nothing of it is stored.")
class SourceTrial:
    found: int
    rejected: int = strawberry.field(description="How many items were no mentions.")
    newest: list[TriedMention] = strawberry.field(description="At most three, the newest first.")
    faults: list[SourceFault] = strawberry.field(description="Of a payload: why which item is no mention.")
    trouble: str | None = strawberry.field(description="Why nothing came, in the asker's language.")
    note: str | None = strawberry.field(description="What to know though it works, in the asker's language.")

    @classmethod
    def of(cls, row: trial.Trial, language: str) -> SourceTrial:
        faults = [
            SourceFault(index=one["index"], field=one["field"], reason=TROUBLES.told(one["reason"], language))
            for one in row.faults
        ]
        return cls(
            found=len(row.drafts),
            rejected=row.rejected,
            newest=[shape(TriedMention, one) for one in row.newest],
            faults=faults,
            trouble=TROUBLES.told(row.trouble, language),
            note=TROUBLES.told(row.note, language),
        )


TriedOr = Annotated[SourceTrial | Problem, strawberry.union("SourceTrialOrProblem")]


@strawberry.type
class SourceTrialMutation:
    @change(
        description="Ask a source once, with these settings, and tell what it would bring; of a kind that "
        "sends to us, read the `sample` with them. `id`: of a source that is there, whose secret is used "
        "where none is given. Nothing of it is stored but that it was asked, and nothing begins. It takes "
        "fifteen seconds at most."
    )
    async def try_source(
        self,
        info: Info,
        kind: str,
        settings: list[SourceSettingInput],
        sample: str = "",
        id: strawberry.ID | None = None,
    ) -> TriedOr:
        context = info.context
        viewer = context.administrator
        given = {one.name: one.value for one in settings}
        async with context.read() as session:
            wanted = await trial.wanted(session, viewer, kind, optional_number(id, "source"), given)
        await context.close()  # the server that is asked takes its time: no connection waits for it
        with _TURNS.of(viewer.member_id):
            if wanted.kind.receive is not None:
                found = trial.read(wanted, sample, context.now)
            else:
                async with context.change() as record:
                    trial.note(record, viewer, wanted, context.now)
                found = await trial.tried(wanted, context.core.clock.now)
        return SourceTrial.of(found, context.language)
