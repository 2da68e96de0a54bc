"""`tocsin web`: one web process."""

from __future__ import annotations

import argparse

import uvicorn
import uvloop
from starlette.types import ASGIApp

from alerts.ticker.ahead import compiling
from kit import log, settings
from kit.collector import collect_seldom
from kit.core import Core, open_core
from tocsin.stopping import end_with_supervisor
from web.app import create_app
from web.limits import OTHER_BYTES

GRACE = 2  # seconds that open connections get when the process is told to stop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supervised", action="store_true", help="end when standard input is closed")
    parser.add_argument("--demo", action="store_true", help="with the demo's pages")


def run(options: argparse.Namespace) -> int:
    chosen = settings.load().with_secret()
    log.configure(chosen.log_level, chosen.log_format)
    collect_seldom()
    if options.supervised:
        end_with_supervisor()
    with compiling():
        uvloop.run(_serve(chosen, demo=options.demo))
    return 0


async def _serve(chosen: settings.Settings, *, demo: bool) -> None:
    async with open_core(chosen) as core:
        config = uvicorn.Config(
            _app(core, demo=demo),
            host=chosen.host,
            port=chosen.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom to believe is a setting of ours (api.client)
            ws_max_size=OTHER_BYTES,  # a message is parsed like a body, and may be as large
            timeout_graceful_shutdown=GRACE,
        )
        await uvicorn.Server(config).serve()


def _app(core: Core, *, demo: bool) -> ASGIApp:
    app = create_app(core)
    if not demo:
        return app
    from tocsin.demo.pages import with_demo_pages

    return with_demo_pages(app, core)
