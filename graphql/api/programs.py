"""What a program with an access token may ask for, and what of it is for people alone."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.extensions.field_extension import (
    AsyncExtensionResolver,
    FieldExtension,
    SyncExtensionResolver,
)

from kit.errors import Forbidden
from people.permissions import can_respond

MAY = frozenset({
    "accept_proposal", "acknowledge_alert", "add_department", "add_lesson", "add_note", "announce_campaign",
    "answer_case", "answer_on_step", "approve_response", "approve_step", "archive_department", "ask_on_step",
    "assign_lead", "bring_back_department", "change_campaign", "claim_case", "close_case", "close_review",
    "close_theme", "complete_step", "conclude_opportunity", "correct_label", "correct_sentiment",
    "create_alert_source", "create_monitor", "create_policy", "create_source", "decide_case",
    "decide_opportunity", "decide_proposal", "declare_incident", "dismiss_alert", "draft_statement",
    "drop_import", "edit_alert_source", "edit_department", "edit_monitor", "edit_policy", "edit_source",
    "escalate_alert", "hand_over_case", "import_campaigns", "join_department", "join_incident",
    "leave_department", "mark_missed", "mark_no_crisis", "move_routing_rule", "propose_change",
    "propose_setting", "publish_response", "raise_mention", "reassign_step", "register_mention",
    "reject_proposal", "release_case", "remove_policy_level", "remove_routing_rule", "resolve_incident",
    "return_response", "return_step", "rotate_alert_source_secrets", "rotate_source_secrets",
    "save_policy_level", "save_routing_rule", "saw_case", "set_brand_clock", "set_briefing", "set_case_due",
    "set_confidential", "set_detector", "set_holidays", "set_notable", "set_review_summary", "set_severity",
    "settle_import", "skip_step", "submit_statement", "switch_alert_source", "switch_monitor",
    "switch_source", "take_back_campaign", "take_back_mark", "take_opportunity", "take_over_case",
})  # fmt: skip
"""The changes that a program may make whose token does more than read: these and no others.

Not what is a person's own, who may come in, what a link from a page does, and the erasure of an author.
Secrets of sources are no person's: see docs/decisions/0071-seats.md.
"""


class _Asked(FieldExtension):
    """Looks at who asks before the field does anything."""

    def check(self, info: strawberry.Info) -> None:
        raise NotImplementedError

    def resolve(
        self, next_: SyncExtensionResolver, source: Any, info: strawberry.Info, **arguments: Any
    ) -> Any:
        self.check(info)
        return next_(source, info, **arguments)

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **arguments: Any
    ) -> Any:
        self.check(info)
        return await next_(source, info, **arguments)


class PeopleOnly(_Asked):
    """Refuses a program, whatever its token."""

    def check(self, info: strawberry.Info) -> None:
        if info.context.by_program:
            raise Forbidden("A program may not do this: sign in yourself.")


class NoReaders(_Asked):
    """Refuses a program whose token only reads, or is of no use any more."""

    def check(self, info: strawberry.Info) -> None:
        if info.context.by_program and not can_respond(info.context.viewer):
            raise Forbidden("This token only reads.")


def people_only(kind: Any, *, only: frozenset[str] | None = None) -> None:
    """Close all fields of this part of the schema to programs, or `only` those. Once, before it is built."""
    for field in kind.__strawberry_definition__.fields:
        if only is None or field.python_name in only:
            field.extensions.insert(0, PeopleOnly())


def bound_changes(mutation: Any) -> None:
    """Let programs make the changes in MAY, of all that there are. Once, before the schema is built.

    Inside of what turns a refusal into a Problem.
    """
    for field in mutation.__strawberry_definition__.fields:
        field.extensions.insert(0, NoReaders() if field.python_name in MAY else PeopleOnly())
