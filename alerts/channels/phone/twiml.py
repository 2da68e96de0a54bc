"""What the provider is told to do in a call or to answer to a message: TwiML.

https://www.twilio.com/docs/voice/twiml, …/docs/messaging/twiml
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

LANGUAGES = {"en": "en-GB", "es": "es-ES", "ca": "ca-ES", "fr": "fr-FR"}
PATIENCE = 8  # seconds to press a key


def ask_for_key(text: str, press: str, *, language: str, action: str) -> str:
    """Say what it is about and wait for a key, twice: who is woken does not hear the first time."""
    told = _say(f"{text}. {press}", language)
    gather = (
        f'<Gather numDigits="1" timeout="{PATIENCE}" action={quoteattr(action)} method="POST">{told}</Gather>'
    )
    return _response(gather + gather + "<Hangup/>")


def say(text: str, *, language: str) -> str:
    """Say it and end the call."""
    return _response(_say(text, language) + "<Hangup/>")


def answer(text: str) -> str:
    """A text message back; nothing when there is nothing to say."""
    return _response(f"<Message>{escape(text)}</Message>" if text else "")


def _say(text: str, language: str) -> str:
    return f'<Say language="{LANGUAGES.get(language, "en-GB")}">{escape(text)}</Say>'


def _response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
