"""Asking Reddit: with a token, a name, and never more than it lets us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mentions.sources import web
from mentions.sources.base import Connection, Trouble
from mentions.sources.payload import text_at

RESERVE = 5.0  # questions that we leave for others of the same account


@dataclass
class Reddit:
    """One visit: the token, and what Reddit says is left of our share (headers x-ratelimit-*)."""

    connection: Connection
    token: str = ""
    wait: float | None = field(default=None, init=False)
    """Seconds until the share is renewed, when it is nearly used up."""

    @property
    def server(self) -> str:
        given = self.connection.settings.get("server", "").strip().rstrip("/")
        return given or "https://oauth.reddit.com"

    @property
    def _headers(self) -> dict[str, str]:
        account = self.connection.settings.get("account", "").strip().removeprefix("/u/")
        return {"User-Agent": f"server:tocsin:v0.1 (by /u/{account})".encode("ascii", "replace").decode()}

    async def sign_in(self) -> None:
        """Get a token for an hour (OAuth 2 client credentials). Raises Trouble."""
        page = await web.ask(
            self.connection,
            "POST",
            self.server.replace("://oauth.", "://www.") + "/api/v1/access_token",
            form={"grant_type": "client_credentials"},
            auth=(self.connection.settings.get("client", ""), self.connection.secret or ""),
            headers=self._headers,
        )
        self.token = text_at(page.json(), "access_token")
        if not self.token:
            raise Trouble("Reddit gave no token for this client id and secret.", permanent=True)

    async def get(self, path: str, **params: str | int) -> Any:
        """What stands at a path. Raises Trouble, before Reddit must refuse us, too."""
        if self.wait is not None:
            raise Trouble("Our share of questions to Reddit is used up.", retry_after=self.wait)
        headers = self._headers | {"Authorization": f"Bearer {self.token}"}
        page = await web.get(
            self.connection, self.server + path, params={**params, "raw_json": 1}, headers=headers
        )
        self.wait = _wait(page.headers.get("x-ratelimit-remaining"), page.headers.get("x-ratelimit-reset"))
        return page.json()


def _wait(remaining: str | None, reset: str | None) -> float | None:
    """Seconds to wait, when few questions remain; None when many do or nobody says."""
    try:
        left, seconds = float(remaining or ""), float(reset or "")
    except ValueError:
        return None
    return min(max(seconds, 1.0), 600.0) if left < RESERVE else None
