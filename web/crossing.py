"""Requests that another site's page makes with our visitor's cookie: refused.

Two locks. Where a request comes from (`Sec-Fetch-Site`, else `Origin`) is checked here, for every unsafe
request and every WebSocket; a form token of the sign-in is checked where forms are read (`web.forms`).
`/ack/…`, `/invitation/…` and `/ingest/…` carry their own proof and no cookie counts there. The pages of such
links hide their address (`no-referrer`), so browsers send their forms with `Origin: null`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from kit.errors import Forbidden
from kit.languages import Sentence
from web import failures

SAFE = {"GET", "HEAD", "OPTIONS"}
OWN_PROOF = ("/ack/", "/invitation/", "/ingest/")
HEADER = "x-tocsin-csrf"
WORDS = Sentence(
    "This request came from another site, so it was not carried out. Open the page here and try again."
)


class CrossSiteGuard:
    """Lets through what one of our own pages, or a program without a browser, could have sent."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        self._public = _origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._may_pass(scope):
            refusal = failures.answer(Request(scope), Forbidden.status, Forbidden.code, WORDS)
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket" and self._comes_from(Headers(scope=scope)) == "elsewhere":
            await WebSocketClose(4403, "cross-site")(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        if scope["method"] in SAFE or scope["path"].startswith(OWN_PROOF):
            return True
        headers = Headers(scope=scope)
        origin = self._comes_from(headers)
        if scope["path"] == "/graphql":
            own_proof = HEADER in headers or headers.get("authorization", "").lower().startswith("bearer ")
            return origin == "here" or (origin == "unsaid" and own_proof)
        return origin != "elsewhere"

    def _comes_from(self, headers: Headers) -> str:
        """`here`, `elsewhere`, or `unsaid`: only programs and very old browsers leave both headers out."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site not in {"same-origin", "none"}:
            return "elsewhere"
        if origin is not None:
            ours = {self._public, f"http://{headers.get('host')}", f"https://{headers.get('host')}"}
            return "here" if origin in ours else "elsewhere"
        return "here" if site is not None else "unsaid"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
