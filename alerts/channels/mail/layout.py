"""A page as a mail: plain text and HTML, readable on a phone at night."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from html import escape

from alerts.channels.base import DeliveryError, Message


def mail(message: Message, *, sender: str, address: str, key: str, host: str) -> EmailMessage:
    """The mail. Its Message-ID follows from `key`, so that a second copy can be told as one.

    DeliveryError (permanent) for an address that cannot stand in a header.
    """
    made = EmailMessage(policy=SMTP)
    made["Subject"] = message.subject
    made["From"] = _sender(sender)
    made["To"] = _recipient(message.name, address)
    made["Date"] = message.written_at
    made["Message-ID"] = f"<page.{key}@{host}>"
    made["Auto-Submitted"] = "auto-generated"
    made["Importance"] = "high"
    made["X-Priority"] = "1"
    made.set_content(text(message))
    made.add_alternative(html(message), subtype="html")
    return made


def text(message: Message) -> str:
    """The plain part: what changed, the link that acknowledges, then the evidence."""
    lines = [message.headline, "", f"{message.acknowledge.label}:", message.acknowledge.url, ""]
    lines += [f"{label}: {value}" for label, value in message.facts]
    if message.quotes:
        lines += ["", f"{message.quotes_label}:", *(f"> {quote}" for quote in message.quotes)]
    return "\n".join([*lines, "", f"{message.alert.label}:", message.alert.url, "", message.footer, ""])


def html(message: Message) -> str:
    """The same as HTML, everything escaped, nothing loaded from elsewhere."""
    facts = "".join(
        f'<tr><td style="{_LABEL}">{escape(label)}</td><td style="{_VALUE}">{escape(value)}</td></tr>'
        for label, value in message.facts
    )
    quotes = "".join(f'<blockquote style="{_QUOTE}">{escape(quote)}</blockquote>' for quote in message.quotes)
    quotes_label = f'<p style="{_SMALL}">{escape(message.quotes_label)}</p>' if message.quotes else ""
    return (
        f'<!doctype html><html lang="{escape(message.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'</head><body style="{_BODY}"><p style="{_HEAD}">{escape(message.headline)}</p>'
        f'<p><a href="{escape(message.acknowledge.url)}" style="{_BUTTON}">'
        f"{escape(message.acknowledge.label)}</a></p>"
        f'<table role="presentation" cellpadding="0" cellspacing="0">{facts}</table>{quotes_label}{quotes}'
        f'<p><a href="{escape(message.alert.url)}">{escape(message.alert.label)}</a></p>'
        f'<p style="{_SMALL}">{escape(message.footer)}</p></body></html>'
    )


_BODY = "margin:0 auto;max-width:34em;padding:16px;font:16px/1.45 system-ui,sans-serif"
_HEAD = "margin:0 0 16px;font-size:21px;font-weight:700"
_BUTTON = (
    "display:block;padding:16px;border-radius:8px;background:#b3261e;color:#ffffff;"
    "font-size:18px;font-weight:700;text-align:center;text-decoration:none"
)
_LABEL = "padding:2px 14px 2px 0;vertical-align:top;opacity:.7"
_VALUE = "padding:2px 0;font-weight:600"
_QUOTE = "margin:8px 0;padding:2px 0 2px 12px;border-left:3px solid #999999"
_SMALL = "margin:16px 0 0;font-size:13px;opacity:.7"


def _sender(sender: str) -> Address:
    name, address = parseaddr(sender)
    return _recipient(name, address)


def _recipient(name: str, address: str) -> Address:
    try:
        return Address(" ".join(name.split()), addr_spec=address.strip())
    except (HeaderParseError, ValueError, IndexError) as error:
        raise DeliveryError(f"{address!r} is not a mail address.", permanent=True) from error
