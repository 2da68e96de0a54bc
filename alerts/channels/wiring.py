"""Every channel of this installation, by the name that contacts and pages know it by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from alerts.channels import apprise, mattermost, slack, teams, web_push, webhook
from alerts.channels.base import Channel, Kind
from alerts.channels.mail import kind as mail
from alerts.channels.mail.transport import Mail
from alerts.channels.phone.channels import SMS, VOICE, Sms, Voice
from kit.settings import Settings

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        mail.KIND, SMS, VOICE, web_push.KIND,
        slack.KIND, mattermost.KIND, teams.KIND, webhook.KIND, apprise.KIND,
    )
}  # fmt: skip
"""In the order in which people are shown them."""


def channel(name: str, settings: Settings, now: Callable[[], datetime]) -> Channel:
    """The channel as these settings describe it; KeyError for one that does not exist."""
    phone = {"url": settings.phone_url, "sender": settings.phone_from, "public_url": settings.public_url}
    makers: dict[str, Callable[[], Channel]] = {
        "mail": lambda: post(settings),
        "sms": lambda: Sms(**phone),  # type: ignore[arg-type]
        "voice": lambda: Voice(**phone),  # type: ignore[arg-type]
        "web_push": lambda: web_push.WebPush(secret=settings.signing_key, sender=settings.mail_from, now=now),
        "slack": slack.Slack,
        "mattermost": mattermost.Mattermost,
        "teams": teams.Teams,
        "webhook": lambda: webhook.Webhook(now=now),
        "apprise": apprise.Apprise,
    }
    return makers[name]()


def available(name: str, settings: Settings) -> bool:
    """Whether the operator has set up what this channel needs."""
    return {"mail": settings.smtp_url, "sms": settings.phone_url, "voice": settings.phone_url}.get(
        name, "yes"
    ) is not None


def post(settings: Settings) -> Mail:
    """What carries letters: they go by mail."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return Mail(url=settings.smtp_url, sender=settings.mail_from, host=host)
