"""Every channel of this installation, by the name of its folder."""

from __future__ import annotations

from urllib.parse import urlsplit

from alerts.channels.base import Channel
from alerts.channels.mail.transport import Mail
from kit.settings import Settings


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels as these settings describe them."""
    return {"mail": post(settings)}


def post(settings: Settings) -> Mail:
    """What carries letters: they go by mail."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return Mail(url=settings.smtp_url, sender=settings.mail_from, host=host)
