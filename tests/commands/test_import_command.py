"""`tocsin import`: idempotent, exact about bad lines, and good as a past for the detector."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.mention import Mention
from mentions.source import Source
from tests.mentions.makers import counted, make_all, make_brand
from tests.mentions.sentiment.test_plugged_models import Server
from tocsin.__main__ import main

EXPORTS = Path(__file__).parents[1] / "mentions" / "sources" / "exports"
CSV = """\
id,published_at,text,author
1,2026-03-01T10:00:10Z,Renfe llega tarde y es una vergüenza,ana
2,2026-03-01T10:00:50Z,Gracias Renfe por un viaje excelente y muy cómodo,pau
3,2026-03-01T10:01:00Z,Llueve en Girona,joan
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Tocsin = Callable[..., Awaitable[Ran]]


@pytest.fixture
def tocsin(core: Core, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tocsin:
    """Runs the command line against this test's database and broker."""
    monkeypatch.setenv("TOCSIN_DATABASE_URL", core.settings.database_url or "")
    monkeypatch.setenv("TOCSIN_REDIS_URL", core.settings.redis_url or "")
    monkeypatch.setenv("TOCSIN_HOME", str(core.settings.home))

    async def run(*arguments: object) -> Ran:
        code = await asyncio.to_thread(main, [str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "march.csv"
    path.write_text(CSV)
    return path


async def test_it_loads_a_past_once(core: Core, tocsin: Tocsin, file: Path) -> None:
    _, monitor, _ = await make_all(core)
    first = await tocsin("import", file)
    assert (first.code, first.out) == (0, "3 mentions imported, 0 were there before\n")
    assert "left out" not in first.err
    minute = int(datetime(2026, 3, 1, 10, 0, tzinfo=UTC).timestamp()) // 60
    past = {(monitor.id, minute): (2, 1, 1)}
    assert await counted(core) == past
    again = await tocsin("import", file)
    assert (again.code, again.out) == (0, "0 mentions imported, 3 were there before\n")
    assert await counted(core) == past
    async with core.database.read() as session:
        source = (await session.scalars(select(Source).where(Source.name == "march"))).one()
        arrived = await session.scalars(select(Mention.arrived_at).order_by(Mention.arrived_at))
        assert source.secret is None
        assert arrived.first() == datetime(2026, 3, 1, 10, 0, 10, tzinfo=UTC)


async def test_the_model_of_the_settings_judges(
    core: Core, tocsin: Tocsin, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that says of everything that it is positive, and the file's first line is a complaint."""
    _, monitor, _ = await make_all(core)
    server = Server()
    monkeypatch.setenv("TOCSIN_SENTIMENT_MODEL", server.url)
    try:
        assert (await tocsin("import", file)).code == 0
    finally:
        server.close()
    minute = int(datetime(2026, 3, 1, 10, 0, tzinfo=UTC).timestamp()) // 60
    assert await counted(core) == {(monitor.id, minute): (2, 0, 2)}


async def test_with_a_brand_every_line_is_about_it(core: Core, tocsin: Tocsin, file: Path) -> None:
    _, monitor, _ = await make_all(core)
    assert (await tocsin("import", file, "--brand", "renfe")).code == 0
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 3
    assert {number for number, _ in await counted(core)} == {monitor.id}


async def test_bad_lines_are_named_in_one_line_and_the_good_are_kept(
    core: Core, tocsin: Tocsin, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    rows = [f"{n},2026-03-01T10:00:00Z,{'' if n % 3 == 0 else 'hola'}" for n in range(2, 20)]
    path.write_text("id,published_at,text\n" + "\n".join(rows) + "\n")
    ran = await tocsin("import", path)
    assert (ran.code, ran.out) == (2, "12 mentions imported, 0 were there before\n")
    assert ran.err == (
        "tocsin import: bad.csv: 6 lines left out: line 3: text must not be empty;"
        " line 6: text must not be empty; line 9: text must not be empty; and 3 more\n"
    )


async def test_what_is_too_old_to_be_kept_is_said_and_counted(
    core: Core, tocsin: Tocsin, tmp_path: Path
) -> None:
    await make_all(core)
    path = tmp_path / "old.csv"
    new = datetime.now(UTC).isoformat()
    path.write_text(f"id,published_at,text\n1,2014-03-01T10:00:00Z,Renfe tarde\n2,{new},Renfe\n")
    ran = await tocsin("import", path)
    assert (ran.code, ran.out) == (0, "2 mentions imported, 0 were there before\n")
    assert ran.err == (
        "tocsin import: old.csv: 1 line older than 400 days: counted, and not kept (TOCSIN_RETENTION_DAYS)\n"
    )


async def test_times_without_a_zone_are_a_hint_in_the_words_of_the_file(
    core: Core, tocsin: Tocsin, tmp_path: Path
) -> None:
    await make_all(core)
    path, now = tmp_path / "one.csv", datetime.now(UTC)
    path.write_text(f"Fecha;Texto\n{now:%Y-%m-%d %H:%M};Renfe\n{now:%Y-%m-%d %H:%M}Z;Renfe tarde\n")
    ran = await tocsin("import", path)
    assert (ran.code, ran.out) == (2, "1 mention imported, 0 were there before\n")
    assert "1 line left out: line 2: Fecha has no UTC offset" in ran.err
    assert ran.err.endswith("; say in which zone its times are, such as --zone Europe/Madrid\n")
    zoned = await tocsin("import", path, "--zone", "UTC")
    assert (zoned.code, zoned.out) == (0, "1 mention imported, 1 was there before\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "text=words"], "--map text=words: the file has only id, published_at, text, author"),
        (["--map", "words=text"], "--map words=text: 'words' is not one of id, text, published_at"),
        (["--map", "text"], "--map text: write it as OURS=THEIRS"),
        (["--map", "=text"], "--map =text: write it as OURS=THEIRS"),
        (["--zone", "Europe/Nowhere"], "--zone Europe/Nowhere: there is no such time zone"),
        (["--zone", "../../etc/passwd"], "there is no such time zone"),
        (["--brand", "iryo"], "--brand iryo: there is no such brand (there are: adif, renfe)"),
        (["--brand", "adif"], "--brand adif: this brand has no enabled monitor"),
    ],
)
async def test_bad_usage_is_one_line_and_exit_code_2(
    core: Core, tocsin: Tocsin, file: Path, arguments: list[str], said: str
) -> None:
    await make_all(core)
    async with core.database.unit_of_work() as session:
        await make_brand(session, "Adif", "adif")
    ran = await tocsin("import", file, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    async with core.database.read() as session:
        assert (await session.scalars(select(Mention))).all() == []


@pytest.mark.parametrize("name", ["nowhere.csv", "march.xlsx", "."])
async def test_a_file_that_is_none_is_bad_usage(
    core: Core, tocsin: Tocsin, tmp_path: Path, name: str
) -> None:
    ran = await tocsin("import", tmp_path / name)
    assert (ran.code, ran.err.count("\n")) == (2, 1)


async def test_a_database_that_is_away_is_a_failure(
    core: Core, tocsin: Tocsin, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://127.0.0.1:1/tocsin")
    ran = await tocsin("import", file)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "away" in ran.err


async def test_a_setting_that_is_unclear_is_bad_usage(
    core: Core, tocsin: Tocsin, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_PORT", "eighty")
    ran = await tocsin("import", file)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "TOCSIN_PORT" in ran.err


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("2013_spain_train_crash", 1000),
        ("2013_lac_megantic_train_crash", 1000),
        ("apple_dec2014", 3885),
    ],
)
async def test_real_crises_are_imported_whole(
    core: Core, tocsin: Tocsin, shared: Path, name: str, count: int
) -> None:
    await make_all(core, "tren OR santiago OR renfe")
    ran = await tocsin("import", shared / "data" / "replay" / f"{name}.csv", "--brand", "renfe")
    assert (ran.code, ran.out) == (0, f"{count:,} mentions imported, 0 were there before\n")
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == count


@pytest.mark.parametrize("export", ["meltwater_2022", "meltwater_2025", "brandwatch", "talkwalker"])
async def test_an_export_imported_five_times_counts_once(core: Core, tocsin: Tocsin, export: str) -> None:
    await make_all(core)
    path = EXPORTS / f"{export}.csv"
    first = await tocsin("import", path, "--brand", "renfe")
    found, new = await counted(core), int(first.out.split()[0])
    assert new == sum(volume for volume, _, _ in found.values()) > 0
    for _ in range(4):
        again = await tocsin("import", path, "--brand", "renfe")
        assert again.out == f"0 mentions imported, {new} were there before\n"
    assert await counted(core) == found


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that PostgreSQL's user may enter, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="tocsin-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_on_a_fresh_home_it_brings_its_own_servers_and_stops_them(home: Path, file: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    ran = subprocess.run(
        [sys.executable, "-m", "tocsin", "import", str(file)],
        env=clean | {"TOCSIN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "3 mentions imported, 0 were there before\n"), ran.stderr
    assert not (home / "postgres" / "postmaster.pid").exists()
    assert not (home / "valkey" / "valkey.sock").exists()
