"""Feeds, as they are written in the wild."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from feedparser.mixin import _FeedParserMixin as Reader
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.languages import OTHERS
from mentions.sources.base import Items, Trouble
from mentions.sources.rss import KIND, bounded, dates
from mentions.sources.rss.feed import Found, entries
from mentions.sources.rss.seen import Seen
from mentions.sources.troubles import TROUBLES
from tests.mentions.sources import fuzz, golden
from tests.mentions.sources.golden import NOW
from tests.mentions.sources.outside import Answer, as_text, connected, outside

URL = "https://harbour.example/feed.xml"
ITEM = "<item><guid isPermaLink='false'>{0}</guid><title>Item {0}</title></item>"


def read(content: bytes | str, content_type: str = "") -> Found:
    raw = content.encode() if isinstance(content, str) else content
    return entries(raw, {"content-type": content_type}, URL, NOW)


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'


@pytest.mark.parametrize("payload", golden.payloads("rss"), ids=golden.name)
def test_payloads(payload: Path) -> None:
    found = read(payload.read_bytes())
    golden.check(payload, Items(found.drafts, rejected=found.rejected))


def test_a_guid_stays_what_it_is() -> None:
    long = "g" * 2_000
    guids = ["a b/c", "/relative", "https://x.example/?a=1&amp;b=2", long]
    found = read(rss(*(ITEM.format(guid) for guid in guids))).drafts
    assert [draft.native_id for draft in found[:3]] == ["a b/c", "/relative", "https://x.example/?a=1&b=2"]
    assert found[3].native_id.startswith("sha256:")


@pytest.mark.parametrize(
    "date", ["", "<pubDate>soon</pubDate>", "<pubDate>Sun, 01 Mar 2026 21:00:00 GMT</pubDate>"]
)
def test_without_guid_and_link_an_entry_stays_the_same_whenever_it_is_read(date: str) -> None:
    """The third one's clock is ahead: it has a time of its own only once that has come."""
    feed = rss(f"<item><title>Ferry adrift</title>{date}</item>", "<item><title>Ferry home</title></item>")
    looks = [entries(feed.encode(), {}, URL, NOW + timedelta(hours=hours)).drafts for hours in (0, 1, 48)]
    assert len({draft.native_id for drafts in looks for draft in drafts}) == 2


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("dom, 01 mar 2026 10:00:00 +0100", "2026-03-01T09:00:00+00:00"),
        ("Dim, 01 Mars 2026 10:00:00 +0100", "2026-03-01T09:00:00+00:00"),
        ("dg., 1 de març de 2026, 10:00:05 GMT", "2026-03-01T10:00:05+00:00"),
        ("jeu., 1er août 2024 10:00:00 +0200", "2024-08-01T08:00:00+00:00"),
        ("Vie, 05 Dic 2025 23:30:00 GMT", "2025-12-05T23:30:00+00:00"),
        ("13 d’abr. 2025 07:08", "2025-04-13T07:08:00+00:00"),
        ("lun., 16 juin 2025 10:00:00 Z", "2025-06-16T10:00:00+00:00"),
        ("mer., 16 juil. 2025 10:00:00 UTC", "2025-07-16T10:00:00+00:00"),
        ("Sun, 01 Mar 2026 10:00:00 CET", "2026-03-01T09:00:00+00:00"),
        ("Wed, 16 Jul 2025 10:00:00 CEST", "2025-07-16T08:00:00+00:00"),
        ("mié, 16 jul 2025 10:00 cest", "2025-07-16T08:00:00+00:00"),
        ("Wed, 16 Jul 2025 10:00:00 BST", "2025-07-16T09:00:00+00:00"),
        ("Wed, 16 Jul 2025 10:00:00 EST", "2025-07-16T15:00:00+00:00"),
        ("1 de marzo de 2026", NOW.isoformat()),
        ("31 de febrero de 2025 10:00", NOW.isoformat()),
        ("01 foo 2025 10:00:00", NOW.isoformat()),
        ("1 mar 2025 99:99", NOW.isoformat()),
        ("01 gen 0001 00:00:00 +0100", NOW.isoformat()),
        ("31 dic 9999 23:59:00 -1200", NOW.isoformat()),
    ],
)
def test_dates_in_the_languages_of_those_who_write_feeds(date: str, told: str) -> None:
    item = f"<item><guid>1</guid><title>T</title><pubDate>{date}</pubDate></item>"
    assert read(rss(item)).drafts[0].published_at.isoformat() == told


@given(st.text(max_size=90) | st.from_regex(dates._DATE, fullmatch=True).map(lambda text: text[:90]))
def test_any_date_is_a_time_or_none(date: str) -> None:
    found = dates.read(date)
    assert found is None or found.tzinfo is not None


def test_the_same_words_of_two_days_are_two_entries_without_guid_and_link() -> None:
    """A notice that comes back, "Ferry delayed" on Monday and on Thursday, is said twice."""
    delayed = "<item><title>Ferry delayed</title><pubDate>{} Feb 2026 10:00:00 GMT</pubDate></item>"
    items = (delayed.format(day) for day in (2, 5))
    found = read(rss(*items)).drafts
    assert len({draft.native_id for draft in found}) == 2


def test_an_edit_is_newer_than_what_was_published() -> None:
    entry = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>T</title>'
        "<published>2026-02-01T00:00:00Z</published><updated>{}</updated></entry></feed>"
    )
    (draft,) = read(entry.format("2026-02-02T00:00:00Z")).drafts
    assert draft.revised_at == draft.published_at + timedelta(days=1)
    assert read(entry.format("2026-02-01T00:00:00Z")).drafts[0].revised_at is None


def test_an_entry_with_the_id_of_its_site_is_the_same_whoever_stands_beside_it() -> None:
    """Else it would count twice when others come, and pass for their older words when it goes."""
    site = "https://harbour.example/"
    item = f"<item><guid>{site}</guid><link>{site}{{0}}</link><title>{{0}}</title></item>"
    found = [
        {draft.title: draft.native_id for draft in read(rss(*map(item.format, names))).drafts}
        for names in (["one"], ["one", "two"], ["two"])
    ]
    assert found[0].items() <= found[1].items()
    assert found[2].items() <= found[1].items()
    assert len(set(found[1].values())) == 2


def test_entries_that_all_have_the_id_of_their_site_are_told_apart_by_their_links() -> None:
    site = "https://harbour.example/"
    item = f"<item><guid>{site}</guid><link>{site}{{0}}</link><title>{{0}}</title></item>"
    first = read(rss(item.format(1), item.format(2), item.format(2))).drafts
    second = read(rss(item.format(3), item.format(2))).drafts
    assert len({draft.native_id for draft in first}) == 2
    assert second[1].native_id == first[1].native_id


def test_an_entry_with_a_torn_id_costs_its_feed_nothing() -> None:
    """feedparser takes it for the link, too, and has None there."""
    found = read(f"<feed><entry><id>2</id><title>U</title></entry><entry<id><p</id>{'<p/>' * 9}</feed>")
    assert [draft.native_id for draft in found.drafts] == ["2"]


def test_entries_of_one_thread_are_not_one_item() -> None:
    item = (
        "<item><guid isPermaLink='false'>{}</guid><link>https://forum.example/t</link><title>x</title></item>"
    )
    assert {draft.uri for draft in read(rss(item.format(1), item.format(2))).drafts} == {None}


@pytest.mark.parametrize("content", ["<html><body>Please sign in</body></html>", "{}", "nothing", "\0\0"])
def test_what_is_no_feed_is_trouble(content: str) -> None:
    with pytest.raises(Trouble):
        read(content)


@pytest.mark.parametrize("content", [rss(), "<feed xmlns='http://www.w3.org/2005/Atom'></feed>"])
def test_an_empty_feed_is_a_feed(content: str) -> None:
    assert read(content).drafts == ()


def test_entities_are_not_fetched_and_do_not_explode() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    bomb += "".join(f'<!ENTITY c{n} "{f"&c{n - 1};" * 10 if n else "&b;" * 10}">' for n in range(9)) + "]>"
    steal = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    for start, name in ((bomb, "&c8;"), (steal, "&f;")):
        found = read(start + rss(ITEM.format("1").replace("Item 1", f"Item {name} end")))
        assert all("root:" not in draft.text and len(draft.text) < 20_000 for draft in found.drafts)


def test_a_huge_feed_is_read_in_seconds() -> None:
    began = time.process_time()
    assert len(read(rss(*(ITEM.format(n) for n in range(5_000)))).drafts) == 5_000
    assert time.process_time() - began < 20


def test_an_endless_author_is_read_in_seconds() -> None:
    began = time.process_time()
    authored = ITEM.format(1).replace("<title>", f"<author>{'a.' * 50_000}</author><title>")
    (draft,) = read(rss(authored)).drafts
    assert (draft.author or "").startswith("a.a.")
    assert time.process_time() - began < 20


def test_a_long_author_is_not_searched_for_a_mail_address() -> None:
    """Of 500 characters it takes a millisecond, and a feed may have ten thousand such authors."""
    authored = ITEM.format(1).replace("<title>", f"<author>{'a' * 150}@b.test (Ana)</author><title>")
    (entry,) = bounded.parse(rss(authored)).feed.entries
    assert "author_detail" not in entry
    (draft,) = read(rss(authored)).drafts
    assert draft.author == "Ana"


@pytest.mark.parametrize("author", ["(" * 3_000 + "@", "@" * 5_000])
def test_an_author_of_brackets_costs_the_others_nothing(author: str) -> None:
    authored = ITEM.format(1).replace("<title>", f"<author>{author}</author><title>")
    assert [draft.native_id for draft in read(rss(authored, ITEM.format(2))).drafts] == ["1", "2"]


def test_an_element_of_thousands_of_attributes_is_no_feed() -> None:
    crowded = "".join(f' a{number}="x"' for number in range(5_000))
    with pytest.raises(Trouble, match="something else"):
        read(rss(ITEM.format(1), f"<item{crowded}/>"))


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often feedparser was told of what it takes time for."""
    found: Counter[str] = Counter()

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(Reader, name)

        def called(*given: Any, **named: Any) -> Any:
            found[name] += 1
            return original(*given, **named)

        return called

    for name in ("unknown_starttag", "unknown_endtag", "handle_data", "handle_entityref", "handle_charref"):
        monkeypatch.setattr(Reader, name, counted(name))
    monkeypatch.setattr(bounded, "MOST_TAGS", 600)
    monkeypatch.setattr(bounded, "MOST_SIGNS", 3_000)
    monkeypatch.setattr(bounded, "_STEP", 100)
    return found


FILLED = {
    "elements": "<b/>",
    "elements within one another": "<b>",
    "elements that are not closed": "<b><i></b>",
    "prefixes": '<x{0}:b xmlns:x{0}="http://a.example/{0}"/>',
    "entries": "<item><title>More</title></item>",
    "entities": "&amp;",
    "entities that are none": "&x",
    "references": "&#32;",
    "lines": "\n",
    "brackets": "<",
    "half a declaration": "<!",
}


@pytest.mark.parametrize("torn", [False, True], ids=["strict", "torn"])
@pytest.mark.parametrize("piece", FILLED.values(), ids=FILLED)
def test_of_a_feed_of_any_shape_only_so_much_is_read_and_that_is_said(
    piece: str, torn: bool, spent: Counter[str]
) -> None:
    """10 MB of them took minutes of a thread."""
    filling = "".join(piece.format(number) for number in range(8_000))
    hostile = f"<item><title>H{' & ' if torn else ''}</title><description>{filling}</description></item>"
    feed = rss(*map(ITEM.format, range(20)), hostile)
    found = read(feed)
    assert spent["unknown_starttag"] + spent["unknown_endtag"] <= 2 * bounded.MOST_TAGS
    assert spent["handle_data"] + spent["handle_entityref"] + spent["handle_charref"] <= 15_000
    assert found.cut
    assert [draft.native_id for draft in found.drafts][:20] == list(map(str, range(20)))


def test_a_feed_of_words_and_of_markup_within_them_is_read_to_its_end(spent: Counter[str]) -> None:
    """What stands in CDATA is no element, and costs next to nothing."""
    article = f"<description><![CDATA[{'<p>Ferry</p>' * 2_000}]]></description>"
    found = read(rss(*(ITEM.format(n).replace("</item>", f"{article}</item>") for n in range(3))))
    assert (len(found.drafts), found.cut, found.whole) == (3, False, True)


def test_of_more_entries_than_are_read_the_first_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentions.sources.rss.feed.MOST_ENTRIES", 3)
    found = read(rss(*map(ITEM.format, range(5))))
    assert ([draft.native_id for draft in found.drafts], found.cut) == (["0", "1", "2"], True)


def test_declarations_are_looked_for_in_the_beginning_of_a_beginning() -> None:
    """feedparser looks for them from each line on, through all that follows."""
    for line in ("\n", "\n<!ENTITY ", "<?encoding='", "<!DOCTYPE "):
        found = read(line * 30_000 + rss(ITEM.format(1)))
        assert [draft.native_id for draft in found.drafts] == ["1"]


def test_blanks_in_front_of_a_text_are_taken_away_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser takes them one by one, and moves all that follow each time."""
    taken: list[object] = []

    class Pieces(list[Any]):
        def __delitem__(self, which: Any) -> None:
            taken.append(which)
            super().__delitem__(which)

    def push(parser: Any, element: str, expecting_text: int) -> None:
        parser.elementstack.append([element, expecting_text, Pieces()])

    monkeypatch.setattr(Reader, "push", push)
    content = f"<content type='xhtml'><div>{'&#32;' * 500}Ferry & co</div></content>"
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>T</title>{}</entry></feed>"
    assert "Ferry" in read(atom.format(content)).drafts[0].text
    assert len(taken) < 20


async def test_a_feed_of_which_only_the_beginning_is_read_says_so_as_long_as_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mentions.sources.rss.feed.MOST_ENTRIES", 3)
    long, short = (rss(*map(ITEM.format, range(count))) for count in (5, 2))
    found = await looks(long, long, short)
    assert [bool(items.gap) for items in found] == [True, False, False]
    assert [bool(items.note) for items in found] == [True, True, False]
    note = found[0].note or ""
    assert "its first 3 entries" in note
    assert all(TROUBLES.told(note, one) != note for one in OTHERS)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_entries_or_trouble(noise: bytes) -> None:
    feed = rss(ITEM.format(1)).encode()
    for content in (noise, feed[:60] + noise + feed[60:], feed[: len(noise)]):
        try:
            found = read(content)
        except Trouble:
            continue
        assert all(draft.text.strip() and draft.native_id for draft in found.drafts)


async def looks(*feeds: str, every: timedelta = timedelta(minutes=5)) -> list[Items]:
    """What each of these brings, one look after the other, with the cursor of the one before."""
    assert KIND.poll is not None
    found: list[Items] = []
    async with outside() as server:
        for number, feed in enumerate(feeds):
            server.on("/feed", as_text(feed))
            async with connected({"url": server.url + "/feed"}, now=NOW + number * every) as connection:
                cursor = json.loads(json.dumps(found[-1].cursor)) if found else {}
                found.append(await KIND.poll(connection, cursor))
    return found


def entry(number: int, words: str = "All is well", *, date: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    said = f"<title>Ferry {number}</title><description>{words}</description>"
    return f"<item><guid>{number}</guid>{said}{dated}</item>"


@pytest.mark.parametrize("date", ["", "Sun, 01 Mar 2026 09:00:00 GMT", "Sun, 01 Mar 2099 09:00:00 GMT"])
async def test_an_entry_with_other_words_is_edited_whatever_its_dates_say(date: str) -> None:
    first = rss(entry(1, date=date), entry(2, date=date))
    edited = rss(entry(1, "The ferry is adrift", date=date), entry(2, date=date))
    found = await looks(first, first, edited, edited)
    revised = [[draft.revised_at for draft in items.drafts] for items in found]
    assert revised == [[None, None], [None, None], [NOW + timedelta(minutes=10), None], [None, None]]
    assert found[2].drafts[0].native_id == found[0].drafts[0].native_id


async def test_an_edit_that_is_dated_after_the_last_look_was_then_and_another_is_now() -> None:
    entry = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>{}</title>'
        "<published>2026-03-01T09:00:00Z</published><updated>2026-03-01T{}Z</updated></entry></feed>"
    )
    feeds = (("a", "09:00:00"), ("b", "12:04:00"), ("c", "12:04:00"))
    found = await looks(*(entry.format(*one) for one in feeds))
    assert [items.drafts[0].revised_at for items in found[1:]] == [
        NOW + timedelta(minutes=4),
        NOW + timedelta(minutes=10),
    ]


async def test_entries_that_share_an_id_are_no_edits_of_one_another() -> None:
    same = rss(entry(1, "one"), entry(1, "another"))
    found = await looks(same, same)
    assert [draft.revised_at for draft in found[1].drafts] == [None, None]


def dated(minute: int) -> str:
    return f"Sun, 01 Mar 2026 12:{minute:02}:00 GMT"


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ([entry(8, date=dated(56)), entry(7, date=dated(52)), entry(6, date=dated(48))], True),
        ([entry(8, date=dated(56)), entry(7, date=dated(52)), entry(3, date="")], False),
        ([entry(8, date=dated(56)), entry(7), entry(6)], False),
        ([entry(8, date=dated(56)), entry(7, date=dated(52))], False),
        ([entry(8), entry(7), entry(6, date="Sun, 01 Mar 2026 11:00:00 GMT")], False),
    ],
    ids=["all later", "one is known", "undated", "a feed of the latest", "older ones with other ids"],
)
async def test_what_came_and_went_between_two_looks_is_said_to_be_missing(
    later: list[str], told: bool
) -> None:
    before = rss(*(entry(number, date="Sun, 01 Mar 2026 11:00:00 GMT") for number in (3, 2, 1)))
    _, found = await looks(before, rss(*later), every=timedelta(hours=1))
    assert bool(found.gap) == told
    if found.gap:
        assert "held at 2026-03-01 12:00 UTC" in found.gap.message
        assert "went before 2026-03-01 12:48 UTC" in found.gap.message
        assert all(TROUBLES.told(found.gap.message, one) != found.gap.message for one in OTHERS)


@given(fuzz.mutated({"seen": ["0" * 24, "1" * 24], "looked": NOW.isoformat(), "etag": "x"}))
def test_a_cursor_may_hold_anything(cursor: Any) -> None:
    seen = Seen.of(cursor)
    drafts = read(rss(ITEM.format(1), ITEM.format(2))).drafts
    assert seen.gap(drafts, NOW) is None
    assert all(isinstance(one, str) for one in seen.then(seen.edited(drafts, NOW)))


async def test_a_feed_is_asked_for_with_what_it_said_last_time() -> None:
    assert KIND.poll is not None
    async with outside() as server, connected({"url": server.url + "/feed"}) as connection:
        server.on(
            "/feed", as_text(rss(ITEM.format(1)), ETag='W/"1"', last_modified="Sun, 01 Mar 2026"), Answer(304)
        )
        first = await KIND.poll(connection, {})
        assert first.cursor is not None
        assert (first.cursor["etag"], first.cursor["modified"]) == ('W/"1"', "Sun, 01 Mar 2026")
        second = await KIND.poll(connection, first.cursor)
        assert (second.drafts, second.cursor) == ((), first.cursor)
        assert server.asked[1].headers["if-none-match"] == 'W/"1"'
        assert server.asked[1].headers["if-modified-since"] == "Sun, 01 Mar 2026"


async def test_a_feed_that_was_cut_off_is_asked_for_again_in_full() -> None:
    assert KIND.poll is not None
    async with outside() as server, connected({"url": server.url + "/feed"}) as connection:
        server.on("/feed", as_text(rss(ITEM.format(1), ITEM.format(2))[:-40], ETag='"1"'))
        found = await KIND.poll(connection, {"etag": '"0"'})
        assert [draft.native_id for draft in found.drafts] == ["1"]
        assert found.cursor is not None
        assert found.cursor["etag"] == '"0"'
