"""Who is new: an item is, when neither its source's id nor its identity across sources was there before.

Across sources an item is known by its `uri`, and anybody can claim one. So what a source says of an address
for which it does not vouch (`mentions.identity.vouching`) counts as the same item only where its words are
the same:

    who vouches             takes the address, and the address with the words
    who does not            takes the address within itself, and the address with the words;
                            what somebody took who vouches is there before all the same

Whatever a source claims, other words of another one are a mention of their own: nothing can be hidden.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from kit.db import ReadSession, WriteSession
from mentions.identity.vouching import Voucher
from mentions.item import ANY_SOURCE, Item, digest

Key = tuple[int, UUID]
Place = tuple[int, datetime]
"""A mention's id and its arrival: where it lies."""

_KNOWN = text("""
    SELECT source_id, key, mention_id, arrived_at FROM mention_key
    WHERE (source_id, key) IN (SELECT * FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[])))
      AND mention_id <> 0""")

_CLAIM = text("""
    INSERT INTO mention_key AS there (source_id, key, mention_id, arrived_at, taken_at)
    SELECT source_id, key, coalesce(mention_id, nextval('mention_id_seq')), arrived_at, :now
    FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[]), CAST(:mentions AS bigint[]),
                CAST(:arrived AS timestamptz[])) AS given (source_id, key, mention_id, arrived_at)
    ON CONFLICT (source_id, key) DO UPDATE
        SET mention_id = excluded.mention_id, arrived_at = excluded.arrived_at, taken_at = excluded.taken_at
        WHERE there.mention_id = 0 AND excluded.mention_id <> 0
    RETURNING there.source_id, there.key, there.mention_id, old.mention_id IS NOT NULL""")
"""Free is also the key of what was taken back before it came."""

_POINT = text("""
    UPDATE mention_key SET mention_id = given.first, arrived_at = given.arrived_at
    FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[]), CAST(:mentions AS bigint[]),
                CAST(:firsts AS bigint[]), CAST(:arrived AS timestamptz[]))
         AS given (source_id, key, mention_id, first, arrived_at)
    WHERE (mention_key.source_id, mention_key.key) = (given.source_id, given.key)
      AND mention_key.mention_id = given.mention_id""")

_JOIN = text("""
    UPDATE mention SET brought = brought + given.more
    FROM (SELECT mention.id, mention.arrived_at, more
          FROM unnest(CAST(:mentions AS bigint[]), CAST(:arrived AS timestamptz[]), CAST(:more AS bigint[]))
               AS wanted (id, arrived_at, more)
          JOIN mention USING (id, arrived_at) ORDER BY mention.id FOR UPDATE OF mention) AS given
    WHERE mention.id = given.id AND mention.arrived_at = given.arrived_at""")

_LOCK = text("""
    SELECT mention.id FROM unnest(CAST(:mentions AS bigint[]), CAST(:arrived AS timestamptz[]))
        AS wanted (id, arrived_at)
    JOIN mention USING (id, arrived_at) ORDER BY mention.id FOR UPDATE OF mention""")

_RELEASE = text("""
    UPDATE mention_key SET mention_id = 0
    WHERE (source_id, key) IN (SELECT * FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[])))""")


@dataclass(frozen=True)
class Claimed:
    """What became of items whose keys were free."""

    new: Mapping[Key, int] = field(default_factory=dict)
    """The new mentions' ids."""
    joined: Mapping[Place, int] = field(default_factory=dict)
    """Where mentions lie that were there before, and how many more items are now known to be the same."""
    by: Set[tuple[Place, int]] = frozenset()
    """The sources of those items, each with where the mention lies."""
    gone: Set[Key] = frozenset()
    """Whose deletion had come before them."""


async def known(session: ReadSession, keys: Sequence[Key]) -> dict[Key, Place]:
    """Where the mentions lie whose keys are taken."""
    if not keys:
        return {}
    rows = await session.execute(_KNOWN, _columns(keys))
    return {(source_id, key): (mention_id, arrived_at) for source_id, key, mention_id, arrived_at in rows}


async def claim(
    session: WriteSession,
    items: Iterable[Item],
    deletions: Iterable[Item],
    now: datetime,
    vouches: Voucher,
) -> Claimed:
    """Take the keys of these items, those of whom others may have been first. `join` what it returns.

    Deletions of what is not here take the key, too, without a mention: the original may be on its way through
    another worker, or come later. Keys are taken in their order, so that two workers wait for one another
    and never deadlock.
    """
    given = {item.key: item for item in items}
    empty = {item.key: item.arrived_at for item in deletions if item.key not in given}
    wanted = [(key, None, item.arrived_at) for key, item in given.items()]
    taken = await _take(session, sorted([*wanted, *((key, 0, at) for key, at in empty.items())]), now)
    ids = {key: number for key, (number, _) in taken.items() if number}
    named = {key: given[key] for key in ids if given[key].draft.uri is not None}
    firsts = await _firsts(session, named, ids, now, vouches)
    new = {key: number for key, number in ids.items() if key not in firsts}
    by = {(place, source_id) for (source_id, _), place in firsts.items()}
    return Claimed(new, Counter(firsts.values()), by, {key for key in new if taken[key][1]})


async def _firsts(
    session: WriteSession, items: Mapping[Key, Item], ids: Mapping[Key, int], now: datetime, vouches: Voucher
) -> dict[Key, Place]:
    """Of the items whose address was there before: where that mention lies. Their keys lead there now."""
    # who vouches comes first, so that within a batch the word of the others is weighed against theirs
    vouched = {key: vouches(item.source_id, item.draft.uri) for key, item in items.items()}
    order = sorted(items, key=lambda key: (not vouched[key], key))
    names = {key: _names(items[key], vouched[key]) for key in order}
    wanted = [(key, ids[key], items[key].arrived_at) for key in order]
    places = await _take_names(session, wanted, names, now)
    firsts: dict[int, Place] = {}
    for key in order:
        others = [places[name] for name in names[key].all if name in places and places[name][0] != ids[key]]
        if others:
            firsts[ids[key]] = firsts.get(others[0][0], others[0])
    found = {key: firsts[ids[key]] for key in order if ids[key] in firsts}
    moved = [(name, ids[key], place) for key, place in found.items() for name in (key, *names[key].own)]
    await _point(session, moved)
    return found


async def lock(session: WriteSession, places: Set[Place]) -> None:
    """Take these mentions in the order of their ids, so that two workers wait for one another.

    Before they are taken in several goes: each is in order, but one after the other is not.
    """
    if places:
        ordered = sorted(places)
        values = {"mentions": [number for number, _ in ordered], "arrived": [at for _, at in ordered]}
        await session.execute(_LOCK, values)


async def join(session: WriteSession, joined: Mapping[Place, int]) -> None:
    """Note at the mentions how many more items they stand for."""
    if joined:
        places = sorted(joined)
        values = {
            "mentions": [number for number, _ in places],
            "arrived": [arrived_at for _, arrived_at in places],
            "more": [joined[place] for place in places],
        }
        await session.execute(_JOIN, values)


async def release(session: WriteSession, keys: Set[Key]) -> None:
    """Let go of what these items stood for: their source took its part back, others did not."""
    if keys:
        await session.execute(_RELEASE, _columns(sorted(keys)))


@dataclass(frozen=True)
class _Names:
    """Under which keys an item is known beside its own: those it takes, and those that it must not meet."""

    own: tuple[Key, ...] = ()
    met: tuple[Key, ...] = ()

    @property
    def all(self) -> tuple[Key, ...]:
        return self.own + self.met


def _names(item: Item, vouched: bool) -> _Names:
    uri = item.draft.uri or ""
    anywhere, said = (ANY_SOURCE, digest(uri)), (ANY_SOURCE, digest(f"{uri}\n{_words(item)}"))
    return _Names((anywhere, said)) if vouched else _Names((within(item.source_id, uri), said), (anywhere,))


def within(source_id: int, uri: str) -> Key:
    """The key of an address for which a source does not vouch: it holds for this source only."""
    return source_id, digest(f"uri\n{uri}")


def _words(item: Item) -> str:
    """What two items at one address must share: title and text, but for case and blanks."""
    whole = f"{item.draft.title or ''}\n{item.draft.text}"
    return " ".join(unicodedata.normalize("NFKC", whole).casefold().split())


async def _take(
    session: WriteSession, wanted: Sequence[tuple[Key, int | None, datetime]], now: datetime
) -> dict[Key, tuple[int, bool]]:
    """Of the keys that were free: the mention's id, a new one for None, and whether a deletion held it."""
    if not wanted:
        return {}
    values = {
        **_columns([key for key, _, _ in wanted]),
        "mentions": [number for _, number, _ in wanted],
        "arrived": [arrived_at for _, _, arrived_at in wanted],
        "now": now,
    }
    rows = await session.execute(_CLAIM, values)
    return {(source_id, key): (mention_id, gone) for source_id, key, mention_id, gone in rows}


async def _take_names(
    session: WriteSession,
    items: Sequence[tuple[Key, int, datetime]],
    names: Mapping[Key, _Names],
    now: datetime,
) -> dict[Key, Place]:
    """Take each name for the first of the items that has it; where all of them lead now."""
    wanted: dict[Key, tuple[int, datetime]] = {}
    for key, number, arrived_at in items:
        for name in names[key].own:
            wanted.setdefault(name, (number, arrived_at))
    taken = await _take(session, [(name, *wanted[name]) for name in sorted(wanted)], now)
    asked = {name for key, _, _ in items for name in names[key].all} - taken.keys()
    return {name: wanted[name] for name in taken} | await known(session, sorted(asked))


async def _point(session: WriteSession, doubles: Sequence[tuple[Key, int, Place]]) -> None:
    """Let the keys of what was there before lead to where it lies; (key, id that it got, place)."""
    if doubles:
        values = {
            **_columns([key for key, _, _ in doubles]),
            "mentions": [number for _, number, _ in doubles],
            "firsts": [place[0] for _, _, place in doubles],
            "arrived": [place[1] for _, _, place in doubles],
        }
        await session.execute(_POINT, values)


def _columns(keys: Sequence[Key]) -> dict[str, object]:
    return {"sources": [source_id for source_id, _ in keys], "keys": [key for _, key in keys]}
