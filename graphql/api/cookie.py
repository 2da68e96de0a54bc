"""The cookie of a signed-in browser, and the form token that goes with it."""

from __future__ import annotations

import hashlib
import hmac

from starlette.responses import Response

NAME = "tocsin_session"


def put(response: Response, token: str | None, *, secure: bool) -> None:
    """Set the cookie to a sign-in's token, or take it away (None)."""
    if token is None:
        response.delete_cookie(NAME, httponly=True, samesite="lax", secure=secure)
    else:
        response.set_cookie(NAME, token, httponly=True, samesite="lax", secure=secure)


def csrf_token(key: str, token: str | None) -> str:
    """What a form of this sign-in must carry: HMAC-SHA256 of the session token, 32 hex digits."""
    return hmac.new(key.encode(), b"csrf:" + (token or "").encode(), hashlib.sha256).hexdigest()[:32]
