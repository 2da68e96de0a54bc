"""One's own settings: how one reads, is reached, when one is left alone, which digests come."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from alerts.levels import RULED
from kit.errors import Invalid
from kit.numbers import natural
from web.fields import Form, chosen, flag, optional, part, secret, text, whole
from web.forms import Action, forms_at
from web.visit import Audience, Visit


async def show(visit: Visit) -> Response:
    """My contacts, rules and quiet hours; my digests and how I get them. Of a partner, how it reads alone."""
    if visit.viewer is not None and visit.viewer.is_partner:
        data = await visit.ask("MyPartnership")
        return visit.page("me_partner.html", me=data["me"], partnership=data["myPartnership"])
    reached, data = await visit.ask("MyContacts"), await visit.ask("MySettings")
    chosen = {one["cadence"]: one for one in data["myDigestSubscriptions"]}
    after = {(one["contactId"], one["level"]): one["afterMinutes"] for one in reached["myContactRules"]}
    return visit.page(
        "me.html",
        contacts=reached["myContacts"],
        kinds=reached["channelKinds"],
        set_up={one["name"] for one in reached["channelKinds"] if one["available"]},
        after=after,
        quiet=reached["myQuietHours"],
        push_key=reached["pushKey"],
        chosen=chosen,
        digests=data["myDigests"],
        brands=data["brands"],
    )


def values(_: Visit, form: Form) -> list[dict[str, str]]:
    """What was filled in of a channel's fields: `value-number` is its `number`."""
    return [
        {"name": name.removeprefix("value-"), "value": value}
        for name, value in form.items()
        if name.startswith("value-")
    ]


def rules(_: Visit, form: Form) -> list[dict[str, Any]]:
    """`amber-7` with the minutes after which contact 7 is tried; empty: not at all."""
    found = []
    for name, value in form.items():
        level, _dash, contact = name.partition("-")
        if level not in RULED or not contact or not value.strip():
            continue
        minutes = natural(value.strip(), digits=6)
        if minutes is None:
            raise Invalid("A delay is a whole number of minutes.", field=name)
        found.append({"contactId": contact, "level": level, "afterMinutes": minutes})
    return found


_own = forms_at("/me", show)

FORMS = [
    _own(
        "digests/{cadence}",
        "ChooseDigest",
        cadence=part("cadence"),
        enabled=flag("enabled"),
        hour=whole("hour"),
        brandIds=chosen("brand"),
    ),
    _own("contacts/{contact}/remove", "RemoveContact", id=part("contact")),
    _own("contacts/{contact}/test", "TestContact", id=part("contact")),
    _own("contacts/{contact}/verify", "VerifyContact", id=part("contact"), code=text("code")),
    _own("contacts/{channel}", "AddContact", channel=part("channel"), values=values),
    _own("rules", "SetContactRules", rules=rules),
    _own(
        "reading",
        "ChooseReading",
        Audience.SIGNED_IN,
        language=text("language"),
        timeZone=text("timeZone"),
    ),
    Action(
        "/me/password",
        "ChangePassword",
        show,
        "/me",
        {"current": secret("current"), "new": secret("new"), "endTokens": flag("endTokens")},
        Audience.SIGNED_IN,
        kept=False,
    ),
    _own("quiet-hours", "SetQuietHours", starts=optional("starts"), ends=optional("ends")),
]
