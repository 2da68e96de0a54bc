"""Our own files: icons, and the built scripts and styles."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"


class Statics(StaticFiles):
    """Files asked for by version (`?v=`) never change under their address, so browsers keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=") and response.status_code == 200
        response.headers["cache-control"] = FOR_EVER if versioned else "no-cache"
        return response
