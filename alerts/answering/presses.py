"""Buttons of a chat server: the press of one answers the page whose message carried it, as its link does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.answering.acknowledge import acknowledge_page
from alerts.answering.answers import escalate_page
from alerts.escalating.together import taken
from alerts.hush import is_hushed
from alerts.paging.links import bundled_with, spend
from alerts.wording.sayings import sayings
from kit.db import WriteSession
from kit.errors import Expired, Invalid

CHAT, BY = "mattermost", "Mattermost"


@dataclass(frozen=True)
class Pressed:
    """What a press did."""

    alert_id: int
    words: str
    """For all who read the message."""
    told: str
    """For the one who pressed."""
    hushed: bool
    """A confidential incident is open: the message must not say any more what it was about."""


async def press(session: WriteSession, key: str, token: str, answer: str, *, now: datetime) -> Pressed:
    """Do what the button says, in the name of the person whose contact it is; the link is used up by it.

    Invalid: there is no such button. Expired: the token is none of ours, of another channel, or too old.
    Forbidden: the person has left. Conflict: it was used, or nothing is left to answer.
    """
    if answer not in {"acknowledge", "escalate"}:
        raise Invalid("There is no such button.", field="answer")
    found = await spend(session, key, token, now=now)
    page, member, said = found.page, found.member, sayings(found.member.language)
    if page.channel != CHAT:
        raise Expired("This link is not one of ours, or it was cut off. Open it from the message again.")
    brands = {found.alert.brand_id, *(other.brand_id for other in await bundled_with(session, page))}
    hushed = await is_hushed(session, brands)
    if answer == "acknowledge":
        await acknowledge_page(session, page, member, now=now, by=BY)
        told = await taken(session, page, member)
        return Pressed(page.alert_id, said.taken_by.format(name=member.name), told, hushed)
    await escalate_page(session, page, member, now=now, by=BY)
    return Pressed(page.alert_id, said.escalated_by.format(name=member.name), said.escalated, hushed)
