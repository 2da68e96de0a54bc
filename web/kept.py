"""A form that came after its sign-in had ended: into the sign-in page, and back to whoever wrote it.

Nothing is stored, and nothing is sent for anybody: who signs in finds their page with what they had typed,
and sends it themselves. It is sealed, and opens for its writer alone, whoever signs in on the same device.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from starlette.responses import Response

from api import cookie
from kit.errors import SignedOut
from kit.languages import Sentence
from web.limits import AROUND, OTHER_BYTES
from web.visit import Refusal, Visit, local_path

MOST = OTHER_BYTES - AROUND
"""Characters that the sign-in page can send: with a larger form in it nobody could sign in there."""
WAITS = Sentence(
    "You have been signed out, so nothing was sent. What you wrote is kept: sign in to see it again."
)


@dataclass(frozen=True)
class Kept:
    """A form that was not sent."""

    member_id: int
    """Who was signed in where it was written."""
    path: str
    """Where it was sent to, with the query."""
    fields: dict[str, str]

    def sealed(self, key: str) -> str:
        written = json.dumps(asdict(self), ensure_ascii=False)
        return _box(key).encrypt(written.encode(errors="surrogatepass")).decode()


def opened(key: str, sealed: str) -> Kept | None:
    """What was sealed; None for anything else."""
    try:
        return Kept(**json.loads(_box(key).decrypt(sealed.encode(errors="replace"))))
    except InvalidToken:
        return None


def _box(key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"kept:" + key.encode()).digest()))


def sign_in_first(visit: Visit, form: Mapping[str, str]) -> Response:
    """The sign-in page, with the form in it where it tells whose it is."""
    sealed = _sealed(visit, form)
    visit.refusal = Refusal(WAITS if sealed else "Sign in to see this page.", SignedOut.status)
    return visit.page("sign_in.html", target=local_path(form.get("next", ""), "/"), kept=sealed)


def _sealed(visit: Visit, form: Mapping[str, str]) -> str:
    """The form as the page carries it; empty where it is nobody's, or more than can be sent from there."""
    url, writer = visit.request.url, cookie.member_of(form.get("csrf", ""))
    if writer is None:
        return ""
    path = url.path + (f"?{url.query}" if url.query else "")
    fields = {name: value for name, value in form.items() if name != "csrf"}
    sealed = Kept(writer, path, fields).sealed(visit.core.settings.signing_key)
    return sealed if len(sealed) <= MOST else ""
