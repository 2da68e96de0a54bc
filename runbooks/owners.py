"""Whose a planned step is, in this incident. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

OWNER_RULE = re.compile(r"lead|on_call|partner|member:[1-9][0-9]{0,17}")
"""What `owner` of a planned step may say."""


@dataclass(frozen=True)
class Available:
    """Who can own steps as a run starts.

    lead_id: the incident's lead; on_call_id: who is on call; partner_id: the partner organisation that may
    work on the brand; named: for each active member that a rule names, its partner organisation or None
    (house). A partner's member is in it only while they may be let in and that partner may work on the brand.
    """

    lead_id: int | None = None
    on_call_id: int | None = None
    partner_id: int | None = None
    named: Mapping[int, int | None] | None = None


@dataclass(frozen=True)
class Owner:
    """A person, an organisation, or nobody yet; `why` tells what was wrong with who was planned."""

    member_id: int | None = None
    organisation_id: int | None = None
    why: str | None = None


def owner_of(rule: str, available: Available) -> Owner:
    """Who owns a step planned for `rule`; what cannot be kept falls to the lead, and says why."""
    if rule == "lead":
        return Owner(available.lead_id)
    if rule == "on_call":
        return _or_lead(available, available.on_call_id, None, "nobody is on call.")
    if rule == "partner":
        return _or_lead(available, None, available.partner_id, "no partner may work on this brand today.")
    named, member_id = available.named or {}, int(rule.removeprefix("member:"))
    known = member_id if member_id in named else None
    return _or_lead(
        available,
        known,
        named.get(member_id),
        "who was planned for it may not be let in any more.",
    )


def _or_lead(available: Available, member_id: int | None, organisation_id: int | None, why: str) -> Owner:
    if member_id is None and organisation_id is None:
        return Owner(available.lead_id, why=why)
    return Owner(member_id, organisation_id)


def named_members(rules: list[str]) -> set[int]:
    """Ids that rules of the form `member:ID` name."""
    return {int(rule.removeprefix("member:")) for rule in rules if rule.startswith("member:")}
