"""An upgrade of a database in which much was said: nothing is lost, nobody waits, and the past is counted."""

from __future__ import annotations

import asyncio
import json
import os
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from kit.errors import Unavailable
from mentions.sentiment.corrections import text_key
from migrations import run as migrations
from tests.conftest import named
from tocsin.commands import migrate

_numbers = count(1)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FILLING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE '%SET%voices%'"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE '%ix_account_handle%'"""
FIGURES = "volume, voices, independent, independent_negative, independent_positive, reach"

COMPANY = """
    INSERT INTO organisation (id, name, kind, declared_clients) OVERRIDING SYSTEM VALUE
        VALUES (1, 'The house', 'house', '[]');
    INSERT INTO brand (id, name, slug, organisation_id) OVERRIDING SYSTEM VALUE
        VALUES (1, 'Renfe', 'renfe', 1);
    INSERT INTO monitor (id, brand_id, name, query, enabled, type, pages, created_at) OVERRIDING SYSTEM VALUE
        VALUES (1, 1, 'renfe', 'renfe', true, 'brand', true, '2025-01-01');
    INSERT INTO source (id, name, kind, field_map, enabled, settings, allowed_addresses, keep)
        OVERRIDING SYSTEM VALUE VALUES (1, 'suite', 'webhook', '{}', true, '{}', '[]', 'all');"""


def minute_of(days_ago: int) -> int:
    return int((NOW - timedelta(days=days_ago)).timestamp()) // 60


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """An empty database of its own."""
    server, name = os.environ["TOCSIN_TEST_DATABASE_URL"], f"upgrade_{os.getpid()}_{next(_numbers)}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name}")
    yield named(server, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def old(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A database of the version before, with a company and what was counted 1, 30 and 390 days ago."""
    await migrations.upgrade(url, "0005")
    connection = await asyncpg.connect(url)
    await connection.execute(COMPANY)
    for days_ago in (1, 30, 390):
        await connection.execute(
            """INSERT INTO minute_count (monitor_id, minute, volume, negative, positive, harm, copies)
               VALUES (1, $1, 10, 8, 1, 0, 4)""",
            minute_of(days_ago),
        )
    await _said(connection, 30, followers=10_000)
    yield connection
    await connection.close()


async def _said(connection: asyncpg.Connection[Any], days_ago: int, *, followers: int) -> None:
    at = NOW - timedelta(days=days_ago)
    await connection.execute(
        """INSERT INTO mention (id, arrived_at, source_id, native_id, text, followers, lang, sentiment, score,
                                published_at)
           VALUES (1, $1, 1, 'a', 'Renfe, qué asco', $2, 'es', 'negative', -0.9, $1)""",
        at,
        followers,
    )
    await connection.execute("INSERT INTO mention_match VALUES (1, 1, $1)", at)


async def _held(connection: asyncpg.Connection[Any], days_ago: int) -> None:
    """Hold that minute to the end of the transaction; without arguments, which would keep a snapshot open."""
    await connection.execute(f"SELECT FROM minute_count WHERE minute = {minute_of(days_ago)} FOR UPDATE")


async def test_all_stored_minutes_get_the_new_figures(url: str, old: asyncpg.Connection[Any]) -> None:
    await migrations.upgrade(url)
    rows = await old.fetch(f"SELECT {FIGURES} FROM minute_count ORDER BY minute")
    assert [tuple(row) for row in rows] == [(10, 10, 6, 6, 1, reach) for reach in (0, 100, 0)]
    assert await migrations.differences(url) == []


async def test_a_held_table_fails_the_upgrade_clearly_and_not_the_platform(
    url: str, old: asyncpg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PATIENCE", 0.1)
    async with old.transaction():
        await old.execute("LOCK TABLE mention IN ACCESS SHARE MODE")  # such as a backup has
        with pytest.raises(Unavailable, match="waited"):
            await migrations.upgrade(url)
    assert await old.fetchval("SELECT version_num FROM alembic_version") == "0005"
    await migrations.upgrade(url)
    assert await old.fetchval("SELECT count(*) FROM minute_count WHERE voices = 10") == 3


async def test_the_command_says_so_in_a_line(
    url: str,
    old: asyncpg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    redis_url: str,
) -> None:
    monkeypatch.setattr(migrations, "PATIENCE", 0.1)
    given = {"DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET": "x" * 32, "LOG_LEVEL": "error"}
    for name, value in given.items():
        monkeypatch.setenv(f"TOCSIN_{name}", value)
    async with old.transaction():
        await old.execute("LOCK TABLE mention IN ACCESS SHARE MODE")
        assert await asyncio.to_thread(migrate.run, Namespace()) == 1
    said = capsys.readouterr().err
    assert said.startswith("tocsin migrate: The upgrade waited 0.1 s")
    assert said.count("\n") == 1
    assert await asyncio.to_thread(migrate.run, Namespace()) == 0


async def test_the_past_is_filled_bit_by_bit_and_an_interrupted_fill_goes_on(
    url: str, old: asyncpg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PATIENCE", 0.1)
    await migrations.upgrade(url, "0012")
    async with old.transaction():
        await _held(old, 1)
        with pytest.raises(Unavailable):
            await migrations.upgrade(url, "0013")
    assert await old.fetchval("SELECT count(*) FROM minute_count WHERE voices = 10") == 2
    await old.execute("UPDATE minute_count SET voices = 7 WHERE minute = $1", minute_of(30))  # counted since
    await migrations.upgrade(url)
    rows = await old.fetch("SELECT voices FROM minute_count ORDER BY minute")
    assert [row["voices"] for row in rows] == [10, 7, 10]


async def test_mentions_can_be_written_while_the_past_is_filled(
    url: str, old: asyncpg.Connection[Any]
) -> None:
    """The upgrade waits for one minute of one monitor; meanwhile all else goes on."""
    await migrations.upgrade(url, "0012")
    other = await asyncpg.connect(url)
    async with old.transaction():
        await _held(old, 390)
        upgrading = asyncio.create_task(migrations.upgrade(url))
        while not await other.fetchval(FILLING):
            assert not upgrading.done(), upgrading.exception()
            await asyncio.sleep(0.01)
        await other.execute("SET lock_timeout = 100")
        await _said(other, 1, followers=5)
        await other.execute("UPDATE minute_count SET volume = volume + 1 WHERE minute = $1", minute_of(1))
        assert not upgrading.done()
        assert await other.fetchval("SELECT version_num FROM alembic_version") == "0012"
    await upgrading
    await other.close()
    assert await old.fetchval("SELECT voices FROM minute_count WHERE minute = $1", minute_of(1)) == 11


async def test_corrected_texts_are_known_by_the_keys_of_today(url: str, old: asyncpg.Connection[Any]) -> None:
    await old.execute(
        """INSERT INTO member (id, organisation_id, name, email, job, role, language, time_zone, active)
           OVERRIDING SYSTEM VALUE VALUES (1, 1, 'Ada', 'a@x', '', 'responder', 'en', 'UTC', true)"""
    )
    told = [("great :)", "positive"), (" :) ", "negative"), (":)", "positive"), ("bad", "negative")]
    for day, (text, label) in enumerate(told, start=1):
        await old.execute(
            """INSERT INTO correction (text_key, text, lang, label, said, source_id, mention_id, member_id,
                                       made_at)
               VALUES ($1, $2, 'en', $3, 'neutral', 1, 1, 1, $4)""",
            UUID(int=day),
            text,
            label,
            NOW + timedelta(days=day),
        )
    await migrations.upgrade(url)
    rows = await old.fetch("SELECT text, text_key FROM correction ORDER BY id")
    expected = [(text, text_key(text)) for text in ("great :)", ":)", "bad")]
    assert [tuple(row) for row in rows] == expected, "of two that say the same, the newest word stands"


async def test_two_that_upgrade_at_once_take_turns(url: str, old: asyncpg.Connection[Any]) -> None:
    await asyncio.gather(migrations.upgrade(url), migrations.upgrade(url))
    assert await old.fetchval("SELECT count(*) FROM minute_count WHERE voices = 10") == 3


@pytest.mark.parametrize(
    ("zones", "expected"),
    [((), "UTC"), (("Europe/Madrid", "Europe/Madrid"), "Europe/Madrid"), (("Asia/Tokyo", "UTC"), "UTC")],
)
async def test_brands_get_the_zone_of_the_schedules_where_there_is_but_one(
    url: str, old: asyncpg.Connection[Any], zones: tuple[str, ...], expected: str
) -> None:
    for zone in zones:
        await old.execute(
            "INSERT INTO schedule (name, time_zone, version, sequence) VALUES ($1, $2, 0, 0)",
            f"schedule {next(_numbers)}",
            zone,
        )
    await migrations.upgrade(url)
    assert await old.fetchval("SELECT time_zone FROM brand") == expected


async def test_handles_are_taken_while_their_index_is_made(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that was given up half made does not stay."""
    monkeypatch.setattr(migrations, "PATIENCE", 60.0)
    await migrations.upgrade(url, "0040")
    other, writer = await asyncpg.connect(url), await asyncpg.connect(url)
    taken = "INSERT INTO account_handle (handle, did, told_at) VALUES ($1, 'did:plc:a', $2)"
    await other.execute("CREATE INDEX ix_account_handle_did ON account_handle (did)")
    await other.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_account_handle_did'::regclass"
    )
    writing = other.transaction()
    await writing.start()
    await other.execute(taken, "before.example", NOW)
    upgrading = asyncio.create_task(migrations.upgrade(url, "0041"))
    while not await writer.fetchval(WAITING):
        assert not upgrading.done(), upgrading.exception()
        await asyncio.sleep(0.01)
    await writer.execute(
        "SET lock_timeout = '2s'"
    )  # else it would stand behind the index, until that gives up
    await writer.execute(taken, "meanwhile.example", NOW)
    await writing.commit()
    await upgrading
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_account_handle_did'::regclass"
    assert await other.fetchval(valid) is True
    await other.close()
    await writer.close()


async def test_of_several_unended_alerts_of_a_family_the_newest_goes_on(url: str) -> None:
    await migrations.upgrade(url, "0026")
    connection = await asyncpg.connect(url)
    await connection.execute(COMPANY)
    put = """INSERT INTO alert
        (id, brand_id, monitor_id, signal, level, title, evidence, since, opened_at, state)
        OVERRIDING SYSTEM VALUE VALUES ($1, 1, $2, $3, 'red', '', '{}', now(), now(), 'open')"""
    told = enumerate(
        (("volume", 1), ("reach", 1), ("harm", 1), ("tool", None), ("tool", None), ("terms", 1)), 1
    )
    for key, (signal, monitor) in told:
        await connection.execute(put, key, monitor, signal)
    await migrations.upgrade(url)
    ended = await connection.fetch("SELECT id FROM alert WHERE ended_at >= opened_at")
    await connection.close()
    assert [row["id"] for row in ended] == [1]


async def test_what_was_decided_last_on_a_statement_can_be_compared_with_afterwards(
    url: str, old: asyncpg.Connection[Any]
) -> None:
    """Its text had been kept in the statement, and who decided was told by the log."""
    await migrations.upgrade(url, "0038")
    await old.execute("SET session_replication_role = replica")  # statements without an incident
    await old.execute(
        """INSERT INTO member (id, organisation_id, name, email, job, role, language, time_zone, active)
           OVERRIDING SYSTEM VALUE
           SELECT id, 1, id::text, id::text, '', 'responder', 'en', 'UTC', true
           FROM unnest(ARRAY[1, 2]) AS id"""
    )
    told = (("draft", None), ("submitted", "We knew."), ("returned", "We know."), ("published", "We know."))
    for key, (state, decided) in enumerate(told, start=1):
        await old.execute(
            """INSERT INTO response (id, incident_id, author_id, text, state, version, updated_at,
                                     decided_text, decided_version)
               OVERRIDING SYSTEM VALUE VALUES ($1, 1, 1, 'We know.', $2, 3, now(), $3, 2)""",
            key,
            state,
            decided,
        )
    log = [(2, "returned", 1, 1), (2, "returned", 2, None), (3, "approved", 1, None), (3, "returned", 2, 1)]
    for seq, (response, verdict, by, organisation) in enumerate([*log, (4, "approved", 1, None)], start=1):
        about = {"response_id": response, "organisation_id": organisation}
        await old.execute(
            """INSERT INTO event (seq, at, kind, incident_id, actor_id, actor, data, previous, hash)
               VALUES ($1, now(), 'response.' || $2, 1, $3, '', $4, '', '')""",
            seq,
            verdict,
            by,
            json.dumps(about | ({"reason": f"Because {seq}."} if verdict == "returned" else {})),
        )
    await migrations.upgrade(url)
    kept = await old.fetch(
        """SELECT response_id, verdict, version, text, reason, organisation_id, decided_by
           FROM response_decision ORDER BY response_id"""
    )
    assert [tuple(row) for row in kept] == [
        (2, "returned", 2, "We knew.", "Because 2.", None, 2),
        (3, "returned", 2, "We know.", "Because 4.", 1, 2),
        (4, "approved", 2, "We know.", None, None, 1),
    ]
