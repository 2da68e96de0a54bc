"""`make screenshots`: the README's pictures, taken from a demo that is started for them.

The demo runs in a folder of its own; the picture is taken some minutes into its crisis.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tocsin.demo.mail import free_port

HERE = Path(__file__).parent
READY_WITHIN = 300.0
NOTICED_WITHIN = 300.0
THICKEN = 210.0  # seconds between opening the incident and the picture, so that there is something to see


def main() -> int:
    path = chromium.find()
    if path is None:
        print("screenshots: no Chromium here (make chromium)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="tocsin-shots-") as folder, sync_playwright() as playwright:
        Path(folder).chmod(0o755)
        port = free_port()
        environment = {
            **os.environ,
            "TOCSIN_HOME": folder,
            "TOCSIN_PORT": str(port),
            "TOCSIN_LOG_LEVEL": "error",
        }
        demo = subprocess.Popen([sys.executable, "-m", "tocsin", "demo"], env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address)
            take(playwright.chromium.launch(executable_path=path, args=chromium.FLAGS), address)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(20)
    return 0


def _wait_until_ready(address: str) -> None:
    ends = time.monotonic() + READY_WITHIN
    while time.monotonic() < ends:
        try:
            httpx.get(f"{address}/readyz", timeout=2).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(f"the demo was not ready within {READY_WITHIN:.0f} s")


def take(browser: Browser, address: str) -> None:
    """Be Helen, live through the first minutes, and look at the war room."""
    page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 1080})
    page.goto("/demo")
    page.get_by_role("button", name="Be Helen").click()
    _wait_for_incident(page)
    page.goto("/incidents/1")
    page.get_by_role("button", name="Take the lead").click()
    page.get_by_role("button", name="Done", exact=True).first.click()
    page.get_by_label("Note for everybody here").fill("The bridge reports 412 people aboard, all well.")
    page.get_by_role("button", name="Add note").click()
    page.wait_for_timeout(THICKEN * 1000)
    page.reload()  # the curves beside the usual are drawn once
    page.wait_for_timeout(8000)
    page.screenshot(path=HERE / "war-room.png")


def _wait_for_incident(page: Page) -> None:
    ends = time.monotonic() + NOTICED_WITHIN
    while time.monotonic() < ends:
        page.goto("/incidents")
        if page.locator("a[href='/incidents/1']").count():
            return
        page.wait_for_timeout(2000)
    raise TimeoutError("no incident opened")


if __name__ == "__main__":
    sys.exit(main())
