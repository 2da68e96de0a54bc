"""A page as a mail: plain text and HTML, readable on a phone at night."""

from __future__ import annotations

from datetime import datetime
from email import headerregistry
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from alerts.channels.base import DeliveryError, Message, Note
from alerts.channels.text import lines as told
from kit.languages import colon
from people.letters import Paper


class _Headers(headerregistry.HeaderRegistry):
    """The library makes a class anew for each header of each mail, which takes a third of the mail's time."""

    @cache  # noqa: B019 - there is one registry, and a mail has ten headers
    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)


POLICY = SMTP.clone(header_factory=_Headers())


def mail(message: Message, *, sender: str, address: str, key: str, host: str) -> EmailMessage:
    """The mail. Its Message-ID follows from `key`, so that a second copy can be told as one.

    DeliveryError (permanent) for an address that cannot stand in a header.
    """
    made = _envelope(message.subject, sender, _recipient(message.name, address), message.written_at)
    made["Message-ID"] = f"<page.{key}@{host}>"
    made["Importance"] = "high"
    made["X-Priority"] = "1"
    made.set_content(text(message))
    made.add_alternative(html(message), subtype="html")
    return made


def letter(
    paper: Paper, *, sender: str, name: str, address: str, key: str, public_url: str, written_at: datetime
) -> EmailMessage:
    """A letter as a mail: nothing urgent, in plain text and HTML. DeliveryError (permanent): no address."""
    made = _envelope(" ".join(paper.subject.split()), sender, _recipient(name, address), written_at)
    made["Message-ID"] = f"<letter.{key}@{urlsplit(public_url).hostname or 'localhost'}>"
    made.set_content(letter_text(paper, public_url))
    made.add_alternative(letter_html(paper, public_url), subtype="html")
    return made


def note_mail(note: Note, *, sender: str, address: str, key: str, host: str) -> EmailMessage:
    """A note as a mail, in plain text: a few words about an address, and where they are answered."""
    made = _envelope(note.subject, sender, _recipient(note.name, address), note.written_at)
    made["Message-ID"] = f"<note.{key}@{host}>"
    made.set_content(f"{note.text}\n\n{note.link.label}{colon(note.language)}\n{note.link.url}\n")
    return made


def letter_text(paper: Paper, public_url: str) -> str:
    """The plain part of a letter."""
    lines = [paper.subject, ""]
    for section in paper.sections:
        lines += [section.heading.upper()] if section.heading else []
        lines += [*section.lines, ""]
    lines += [f"{paper.link_label}{colon(paper.language)}", f"{public_url}{paper.link}", ""]
    return "\n".join([*lines, paper.footer, ""] if paper.footer else lines)


def letter_html(paper: Paper, public_url: str) -> str:
    """The same as HTML, everything escaped, nothing loaded from elsewhere."""
    parts = "".join(
        (f'<h2 style="{_HEADING}">{escape(section.heading)}</h2>' if section.heading else "")
        + "".join(f'<p style="{_LINE}">{escape(line)}</p>' for line in section.lines)
        for section in paper.sections
    )
    footer = f'<p style="{_SMALL}">{escape(paper.footer)}</p>' if paper.footer else ""
    return (
        f'<!doctype html><html lang="{escape(paper.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'</head><body style="{_BODY}"><p style="{_HEAD}">{escape(paper.subject)}</p>{parts}'
        f'<p><a href="{escape(public_url + paper.link)}" style="{_QUIET_BUTTON}">'
        f"{escape(paper.link_label)}</a></p>"
        f"{footer}</body></html>"
    )


def _envelope(subject: str, sender: str, to: Address, written_at: datetime) -> EmailMessage:
    made = EmailMessage(policy=POLICY)
    made["Subject"] = subject
    made["From"] = _sender(sender)
    made["To"] = to
    made["Date"] = written_at
    made["Auto-Submitted"] = "auto-generated"
    return made


def text(message: Message) -> str:
    """The plain part: what changed, the link that acknowledges, then the evidence."""
    after = colon(message.language)
    lines = [message.headline, "", f"{message.acknowledge.label}{after}", message.acknowledge.url, ""]
    lines += told(message)
    if message.quotes:
        lines += ["", f"{message.quotes_label}{after}", *(f"> {quote}" for quote in message.quotes)]
    return "\n".join([*lines, "", f"{message.alert.label}{after}", message.alert.url, "", message.footer, ""])


def html(message: Message) -> str:
    """The same as HTML, everything escaped, nothing loaded from elsewhere."""
    facts = "".join(
        f'<tr><td style="{_LABEL}">{escape(label)}</td><td style="{_VALUE}">{escape(value)}</td></tr>'
        for label, value in message.facts
    )
    more = "".join(
        f'<p style="{_LINE}">{escape(one)}</p>' for one in (message.more_label, *message.more) if one
    )
    quotes = "".join(f'<blockquote style="{_QUOTE}">{escape(quote)}</blockquote>' for quote in message.quotes)
    quotes_label = f'<p style="{_SMALL}">{escape(message.quotes_label)}</p>' if message.quotes else ""
    return (
        f'<!doctype html><html lang="{escape(message.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'</head><body style="{_BODY}"><p style="{_HEAD}">{escape(message.headline)}</p>'
        f'<p><a href="{escape(message.acknowledge.url)}" style="{_BUTTON}">'
        f"{escape(message.acknowledge.label)}</a></p>"
        f'<table role="presentation" cellpadding="0" cellspacing="0">{facts}</table>'
        f"{more}{quotes_label}{quotes}"
        f'<p><a href="{escape(message.alert.url)}">{escape(message.alert.label)}</a></p>'
        f'<p style="{_SMALL}">{escape(message.footer)}</p></body></html>'
    )


_BODY = "margin:0 auto;max-width:34em;padding:16px;font:16px/1.45 system-ui,sans-serif"
_HEAD = "margin:0 0 16px;font-size:21px;font-weight:700"
_BUTTON = (
    "display:block;padding:16px;border-radius:8px;background:#b3261e;color:#ffffff;"
    "font-size:18px;font-weight:700;text-align:center;text-decoration:none"
)
_QUIET_BUTTON = (
    "display:inline-block;padding:12px 18px;border-radius:8px;background:#1d4f91;color:#ffffff;"
    "font-weight:700;text-decoration:none"
)
_HEADING = "margin:20px 0 4px;font-size:16px"
_LINE = "margin:4px 0"
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
