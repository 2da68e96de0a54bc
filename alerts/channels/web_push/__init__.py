"""Pages to a browser that was told to take them (RFC 8030, 8291, 8292), with the library `pywebpush`.

The library encrypts and signs; the request is ours, so that it has our deadlines and our guards.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from alerts.channels.base import Address, DeliveryError, Field, Kind, Message, Note, Sent, Values
from alerts.channels.http import judge, post, words_of
from alerts.channels.text import cut, filled, lines, web_address
from kit.errors import Invalid

KEPT = 24 * 3600  # seconds that the push service keeps a message for a browser that is away
SIGNED_FOR = timedelta(hours=12)  # at most a day (RFC 8292, 2)
LONGEST = 800  # characters of text
MOST_BYTES = 3900  # of 4096 that a push service takes (RFC 8291, 4), without what encryption adds


class WebPush:
    """The channel `web_push`. Its keys follow from the installation's secret: a new one ends them all."""

    def __init__(self, *, secret: str, sender: str, now: Callable[[], datetime]) -> None:
        self._keys = Keys(secret)
        self._contact = f"mailto:{parseaddr(sender)[1]}"
        self._now = now

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        content = {
            "title": cut(message.subject, 200),
            "body": cut("\n".join(lines(message)), LONGEST),
            "tag": key,
            "url": message.alert.url,
            "acknowledge": message.acknowledge.url,
            "acknowledge_label": message.acknowledge.label,
            "escalate": message.escalate.url,
            "escalate_label": message.escalate.label,
            "dismiss": message.dismiss.url,
            "dismiss_label": message.dismiss.label,
            "language": message.language,
        }
        return await self._post(content, address, key, urgency="high")

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        content = {"title": note.subject, "body": note.text, "tag": key, "url": note.link.url}
        return await self._post(content, address, key, urgency="normal")

    async def _post(self, content: dict[str, str], address: Address, key: str, *, urgency: str) -> Sent:
        values = address.values
        subscription = {
            "endpoint": values["endpoint"],
            "keys": {"p256dh": values["p256dh"], "auth": values["auth"]},
        }
        try:
            body = WebPusher(subscription).encode(_encoded(content))["body"]
        except (WebPushException, ValueError) as error:
            raise DeliveryError(
                "The browser's subscription cannot be read.", permanent=True, dead=True
            ) from error
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT),
            "Urgency": urgency,
            "Topic": _topic(key),
            **self._signed(values["endpoint"]),
        }
        answer = await post(values["endpoint"], content=body, headers=headers, address=address)
        judge(answer, said=words_of(answer.body), now=self._now())
        return Sent(answer.headers.get("location", "")[:300])

    def _signed(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims: dict[str, Any] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((self._now() + SIGNED_FOR).timestamp()),
            "sub": self._contact,
        }
        return dict(self._keys.vapid.sign(claims))


@dataclass(frozen=True)
class Keys:
    """The P-256 key pair of this installation, derived from its secret (HKDF-SHA256)."""

    secret: str

    @cached_property
    def vapid(self) -> Vapid02:
        return Vapid02(private_key=self._private)

    @cached_property
    def public(self) -> str:
        """The public key as browsers want it: base64url of the uncompressed point."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    @cached_property
    def _private(self) -> ec.EllipticCurvePrivateKey:
        derived = HKDF(SHA256(), 48, salt=None, info=b"tocsin web push").derive(self.secret.encode())
        # 48 bytes for a number of 32, so that none is likelier than another (FIPS 186-5, A.2.1).
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        return ec.derive_private_key(int.from_bytes(derived, "big") % (order - 1) + 1, ec.SECP256R1())


def _encoded(content: dict[str, str]) -> bytes:
    """As JSON, the text cut where it would not go into one message."""
    raw = json.dumps(content, ensure_ascii=False).encode()
    over = len(raw) - MOST_BYTES
    if over <= 0:
        return raw
    kept = content["body"].encode()[: -over - 3].decode(errors="ignore")
    return json.dumps({**content, "body": f"{kept}…"}, ensure_ascii=False).encode()


def _topic(key: str) -> str:
    """A page that is sent again takes the place of the one that still waits (RFC 8030, 5.4)."""
    return base64.urlsafe_b64encode(sha256(key.encode()).digest())[:32].decode()


def _check(values: Values) -> dict[str, str]:
    checked = {"endpoint": web_address(values, "endpoint")}
    for name, size in (("p256dh", 65), ("auth", 16)):
        raw = filled(values, name)
        try:
            found = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
        except ValueError as error:
            raise Invalid("This is no key of a browser.", field=name) from error
        if len(found) != size:
            raise Invalid("This is no key of a browser.", field=name)
        checked[name] = raw
    return checked


def _shown(values: Values) -> str:
    return urlsplit(values.get("endpoint", "")).hostname or ""


KIND = Kind(
    name="web_push",
    title="This browser",
    fields=(Field("endpoint", "Endpoint"), Field("p256dh", "Key"), Field("auth", "Secret")),
    check=_check,
    shown=_shown,
    typed=False,
)
