"""Whether a request comes from the provider: `X-Twilio-Signature`.

Base64 of the HMAC-SHA1, by the account's token, of the whole address followed by each field of the form in
the order of their names, name and value without anything between.
https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """What the header must say."""
    content = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(token.encode(), content.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(token: str, url: str, form: Iterable[tuple[str, str]], given: str | None) -> bool:
    """Whether the header fits the address and the form."""
    wanted = signature(token, url, form)
    return given is not None and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
