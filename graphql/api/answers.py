"""Answers to a page beside acknowledging it: wake the next person, or this is no crisis."""

from __future__ import annotations

from typing import Annotated

import strawberry

from alerts import answers
from api.alerting import Alert, AlertResult
from api.context import Info
from api.errors import Problem, change, number


@strawberry.type(description="The link of a page has done its one deed.")
class LinkUsed:
    state: str


LinkUsedResult = Annotated[LinkUsed | Problem, strawberry.union("LinkUsedResult")]


@strawberry.type
class AnswerMutation:
    @change(description="Let the next level of the policy be paged now.")
    async def escalate_alert(self, info: Info, id: strawberry.ID) -> AlertResult:
        async with info.context.change() as session:
            row = await answers.escalate_now(
                session, info.context.responder, number(id, "alert"), now=info.context.now
            )
        return Alert.of(row)

    @change(description="Close an alert as no crisis, with the reason on record.")
    async def dismiss_alert(self, info: Info, id: strawberry.ID, reason: str) -> AlertResult:
        async with info.context.change() as session:
            row = await answers.dismiss(
                session, info.context.responder, number(id, "alert"), reason, now=info.context.now
            )
        return Alert.of(row)

    @change(description="The same as escalateAlert by the link of a page, which is used up by it.")
    async def escalate_by_link(self, info: Info, token: str) -> LinkUsedResult:
        context = info.context
        async with context.change() as session:
            await answers.escalate_by_link(session, context.core.settings.signing_key, token, now=context.now)
        return LinkUsed(state="used")

    @change(description="The same as dismissAlert by the link of a page, which is used up by it.")
    async def dismiss_by_link(self, info: Info, token: str, reason: str) -> LinkUsedResult:
        context = info.context
        async with context.change() as session:
            await answers.dismiss_by_link(
                session, context.core.settings.signing_key, token, reason, now=context.now
            )
        return LinkUsed(state="used")
