"""Find the machine's Chromium for the browser tests, or install one where apt and root allow it.

`python -m tests.chromium` says in one line what it found, installed, or left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",  # as root Chromium starts no other way; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of a Chromium, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str | None:
    """Try apt where we are root; returns the path, or None when that is not possible here."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run(command, env=environment, check=False, capture_output=True).returncode != 0:
            return None
    return find()


def main() -> int:
    found = find()
    if found is None:
        found = install()
        print(
            f"chromium: installed {found}" if found else "chromium: none here, browser tests will be skipped"
        )
    else:
        print(f"chromium: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
