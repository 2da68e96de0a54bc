"""The examples of docs/integrating.md do what they say, word for word."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.clock import SystemClock
from kit.core import Core
from mentions.drafts.draft import FIELDS, MentionDraft
from mentions.sources import webhook
from mentions.sources.ingest import accept
from tests.mentions.makers import make_source

DOC = (Path(__file__).parents[2] / "docs" / "integrating.md").read_text()
SECRET = "a long random text that you and the sender share"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOC, re.DOTALL)
    assert found
    return found[1]


@dataclass
class Receiver:
    """A plain HTTP server that hands what it gets to `accept` and answers as the web process does."""

    core: Core
    address: str = ""
    paths: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["Content-Length"]))
        self.paths.append(head[0].split(" ")[1])
        taken = await accept(self.core, self.paths[-1].split("/")[-1], headers=headers, body=body)
        content = json.dumps({"accepted": taken.accepted, "rejected": taken.rejected}).encode()
        writer.write(b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: ")
        writer.write(str(len(content)).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiver(core: Core) -> AsyncIterator[Receiver]:
    async with core.database.unit_of_work() as session:
        await make_source(session, "listening", secret=SECRET)
    one = Receiver(replace(core, clock=SystemClock()))
    server = await asyncio.start_server(one.answer, "127.0.0.1", 0)
    one.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield one
    server.close()
    await server.wait_closed()


async def run(one: Receiver, folder: Path, *command: str) -> dict[str, object]:
    """The JSON that the example printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, "TOCSIN_ADDRESS": one.address, "TOCSIN_SOURCE_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(out.decode().replace("'", '"'))  # type: ignore[no-any-return]


async def test_the_python_example_is_accepted(core: Core, tmp_path: Path) -> None:
    async with receiver(core) as one:
        said = await run(one, tmp_path, sys.executable, "-c", block("python"))
    assert (said, one.paths) == ({"accepted": 1, "rejected": []}, ["/ingest/listening"])


async def test_the_curl_example_is_accepted(core: Core, tmp_path: Path) -> None:
    if not shutil.which("curl") or not shutil.which("openssl"):
        pytest.skip("curl or openssl is absent: the shell example needs both")
    batch = [{"text": "¿Qué pasa con el ferry?"}, {"text": ""}]
    (tmp_path / "batch.json").write_text(json.dumps(batch, ensure_ascii=False))
    async with receiver(core) as one:
        said = await run(one, tmp_path, "sh", "-c", block("sh").replace("curl ", "curl -s "))
    assert said["accepted"] == 1
    assert said["rejected"] == [{"index": 1, "field": "text", "reason": "text must not be empty."}]
    assert f"{json.dumps(said['rejected'][0])}" in DOC


def test_every_field_of_a_mention_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", DOC, re.MULTILINE))
    assert {*FIELDS} - {"arrived_at"} <= documented


def test_the_field_map_reads_the_suite() -> None:
    example = DOC.split("A full example. A suite posts")[1]
    body, setup = (
        re.search(rf"```{language}\n(.*?)```", example, re.DOTALL) for language in ("json", "toml")
    )
    assert body
    assert setup
    (source,) = tomllib.loads(setup[1])["sources"]
    later = datetime(2026, 3, 11, tzinfo=UTC)
    (draft,) = webhook.receive(body[1].encode(), {}, source["field_map"], later).drafts
    assert draft == MentionDraft(
        native_id="4711",
        text="Three hours late.\nNobody said why.",
        published_at=datetime(2026, 3, 10, 3, 2, 11, tzinfo=UTC),
        author="ana",
        url="https://blog.example/4711",
        kind="article",
        domain="blog.example",
    )
