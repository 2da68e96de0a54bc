"""Signatures: for links that leave the house, and for batches that come in."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from kit.errors import Expired, Invalid, SignedOut
from kit.numbers import natural

MAX_SKEW = timedelta(minutes=5)

LEAST_SECRET = 24
"""Characters of a secret that lets somebody send: with one signed body in hand, words can be tried on it."""
LEAST_DIFFERENT = 8


def check_secret(secret: object) -> None:
    """Raise Invalid, with a way to make a better one, unless this text is too long to be found by trying."""
    if not isinstance(secret, str) or len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_DIFFERENT:
        raise Invalid(
            f"is too easy to guess: it takes {LEAST_SECRET} characters, {LEAST_DIFFERENT} of them different. "
            "`openssl rand -base64 32` makes one"
        )


def sign(key: str, purpose: str, payload: dict[str, Any]) -> str:
    """A URL-safe token for `payload`, good for this purpose only. Expiry is the payload's own affair."""
    return str(URLSafeSerializer(key, salt=purpose).dumps(payload))


def unsign(key: str, purpose: str, token: str) -> dict[str, Any]:
    """The payload of a token made by `sign`; Expired when it was altered or made for something else."""
    try:
        payload = URLSafeSerializer(key, salt=purpose).loads(token)
    except BadSignature as error:
        raise Expired(
            "This link is not one of ours, or it was cut off. Open it from the message again."
        ) from error
    if not isinstance(payload, dict):
        raise Expired("This link is not one of ours.")
    return payload


def body_signature(secret: str, timestamp: int, body: bytes) -> str:
    """`sha256=` and the hex HMAC-SHA256 of `timestamp.body`; timestamp in Unix seconds."""
    message = str(timestamp).encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def check_body(
    secret: str, *, timestamp: str | None, signature: str | None, body: bytes, now: datetime
) -> None:
    """Raise SignedOut unless the signature is right and the timestamp within five minutes of `now`."""
    moment = natural(timestamp or "", digits=12)
    if moment is None or not signature:
        raise SignedOut("Send X-Tocsin-Timestamp (Unix seconds) and X-Tocsin-Signature (sha256=…).")
    if not hmac.compare_digest(body_signature(secret, moment, body).encode(), signature.encode()):
        raise SignedOut("The signature does not fit the body, the timestamp and this source's secret.")
    if abs(now.timestamp() - moment) > MAX_SKEW.total_seconds():
        raise SignedOut("The timestamp is more than five minutes off.")
