"""Mastodon statuses as mentions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from mentions.sources.base import Items, Trouble
from mentions.sources.mastodon.events import Event, enveloped, read_event, server_sent
from mentions.sources.mastodon.ids import earlier_by, later
from mentions.sources.mastodon.status import MOST, read_status
from mentions.sources.payload import judged
from tests.mentions.sources import fuzz, golden

STATUSES: list[Any] = json.loads((Path(__file__).parent / "statuses.json").read_text())


def read(statuses: list[Any]) -> Items:
    drafts, rejected = judged(statuses, lambda one: read_status(one, home="mar.example", now=golden.NOW))
    return Items(drafts, rejected=rejected)


@pytest.mark.parametrize("payload", golden.payloads("mastodon"), ids=golden.name)
def test_statuses_become_mentions(payload: Path) -> None:
    golden.check(payload, read(json.loads(payload.read_text())))


@given(fuzz.mutated(STATUSES))
def test_nothing_that_a_server_sends_is_more_than_rejected(statuses: Any) -> None:
    for status in statuses if isinstance(statuses, list) else [statuses]:
        for draft in read([status]).drafts:
            fuzz.check_sound(draft)


@given(fuzz.mutated({"stream": ["public"], "event": "update", "payload": json.dumps(STATUSES[0])}))
def test_nor_is_any_envelope(envelope: Any) -> None:
    try:
        event = enveloped(json.dumps(envelope))
    except Trouble:
        return
    for draft in read_event(event, home="mar.example", now=golden.NOW).drafts:
        fuzz.check_sound(draft)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([b"data:"] * 60, [None]),
        ([b"data:"] * 40, ["\n" * 39]),
        ([b":thump"] * 60 + [b"data: 7"], ["7"]),
        ([b"data: 7", b""] * 60, ["7"] * 60),
    ],
    ids=["empty lines without end", "some", "signs of life", "many events"],
)
async def test_no_event_grows_beyond_a_line_however_it_is_written(
    lines: list[bytes], names: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mentions.sources.mastodon.events.LONGEST", 50)

    async def read() -> AsyncIterator[bytes | None]:
        for line in [*lines, b""]:
            yield line

    assert [event.data async for event in server_sent(read())] == names


def test_of_a_poll_of_thousands_the_first_choices_are_read() -> None:
    poll = {"options": [{"title": f"<b>{number}</b>"} for number in range(3_000)]}
    (draft,) = read([{**STATUSES[0], "poll": poll}]).drafts
    assert draft.text.endswith(f"\n{MOST - 1}")


def test_an_envelope_holds_json_once_more_and_a_deletion_a_bare_id() -> None:
    update = enveloped(
        json.dumps({"stream": ["public"], "event": "update", "payload": json.dumps(STATUSES[0])})
    )
    deletion = enveloped('{"stream":["public"],"event":"delete","payload":"114116000000000001"}')
    found = read_event(update, home="mar.example", now=golden.NOW)
    gone = read_event(deletion, home="mar.example", now=golden.NOW)
    assert [draft.author for draft in found.drafts] == ["ana@mar.example"]
    assert [(draft.native_id, draft.deleted) for draft in gone.drafts] == [("114116000000000001", True)]
    assert enveloped('{"stream":["user"],"event":"filters_changed"}') == Event("filters_changed", "")


@pytest.mark.parametrize("frame", ["", "{", "[]", "7", '{"event":"update","payload":{"id":1}}'])
def test_a_frame_that_cannot_be_read_is_counted_not_fatal(frame: str) -> None:
    assert read_event(enveloped(frame), home="mar.example", now=golden.NOW) == Items(rejected=1)


def test_a_refused_subscription_says_why() -> None:
    with pytest.raises(Trouble, match="Missing access token") as caught:
        enveloped('{"error":"Missing access token","status":401}')
    assert caught.value.permanent


def test_ids_are_ordered_as_numbers_and_tell_the_time() -> None:
    assert later("99", "100") == "100"
    assert later("", "0") == "0"
    assert earlier_by(60, "114116000000000001") == str(114116000000000001 - (60_000 << 16))
    assert earlier_by(60, "01JNZX") == "01JNZX"
    assert earlier_by(60, "17") == "17"
