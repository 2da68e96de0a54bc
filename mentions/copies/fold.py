"""Copies fold into stories while mentions are stored, the same in every worker and after every restart.

1. Read which texts are new since the last batch, ours that were committed and other workers'.
2. What a source calls a repost belongs to the story of what it repeats; of all else the words decide.
3. A story with its first copy gets a row. Its fingerprint is unique, so that of two workers that found one
   text at the same moment the second takes the first one's story.

Only what is really new is folded, so redelivery changes nothing. Within a batch the order is by what the
mentions say, not by how they came.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from kit.db import ReadSession, WriteSession
from mentions.copies.index import Index
from mentions.copies.sketch import Sketch, sketch
from mentions.identity.keys import within
from mentions.item import ANY_SOURCE, Enriched, Item, digest
from mentions.judging.enrich import whole_text
from mentions.mention import Mention

LOOKED_BACK = 10_000
"""Mention ids before the newest known one among which another worker's may still be committed."""
READ_AT_ONCE = 5_000  # mentions
READ_BACK = 300_000
"""Mentions read at the start at most: among copies and short texts stories are few."""

Numbered = tuple[int, Enriched]
"""A mention that was not there before, with its id."""


Past = tuple[int, datetime, Sketch]
"""A stored story: the id and arrival of its first mention, and its words."""


class Told(NamedTuple):
    """What a mention repeats: its story and when that began; None: too short to tell."""

    story_id: int | None
    copy: bool
    first_at: datetime
    fingerprint: int


class Original(NamedTuple):
    """What a repost names: the mention, its arrival, and its story where it has one."""

    mention_id: int
    arrived_at: datetime
    story_id: int | None


@dataclass
class Stories:
    """One worker's memory of the recent stories. Use it for one batch after another."""

    index: Index[datetime] = field(default_factory=lambda: Index())
    _newest: int = 0
    """The largest id of a mention seen."""
    _recent: set[int] = field(default_factory=set)
    """Stories known with ids in the last LOOKED_BACK."""
    _added: list[int] = field(default_factory=list)
    _written: set[int] = field(default_factory=set)
    """Stories that have a row, the last batch's among them; nobody deletes one."""
    _witness: tuple[int, datetime] | None = None
    """A mention of the last batch: if it is not there, that batch was rolled back."""
    _filled: bool = False

    async def fold(self, session: WriteSession, new: Sequence[Numbered]) -> list[Enriched]:
        """The same mentions with their stories, in their order."""
        await self.catch_up(session)
        originals = await _originals(session, [found.item for _, found in new])
        told = await asyncio.to_thread(self._tell, new, originals)
        stories = await _agree(session, self._unwritten(told))
        self._written.update(stories.values())
        for one in told:
            if one.story_id is not None and stories.get(one.story_id, one.story_id) != one.story_id:
                self.index.rename(one.fingerprint, stories[one.story_id])
        return [
            found._replace(story_id=stories.get(one.story_id or 0, one.story_id), copy=one.copy)
            for (_, found), one in zip(new, told, strict=True)
        ]

    async def again(
        self, session: ReadSession, edited: Sequence[tuple[Mention, Item]]
    ) -> list[tuple[int | None, bool]]:
        """The story of each by its new words, and whether it is a copy.

        A repost stays one, and who began a story that others repeat stays its first. The new words begin
        nothing at once. The next `catch_up` takes them in, here and in the other workers, where the mention
        told no story of its own before and is among the last LOOKED_BACK; else those know it by its old words
        until they restart. `catch_up` while the old words are there, else it is taken for a copy of itself.
        """
        rows = await session.execute(_BEGUN, {"ids": [row.id for row, _ in edited]})
        begun = set(rows.scalars())
        sketches = await asyncio.to_thread(sketch, [whole_text(row) for row, _ in edited])
        return [
            (row.story_id, row.copy)
            if row.id in begun or item.draft.repost_of is not None
            else self._by_words(row.id, made)
            for (row, item), made in zip(edited, sketches, strict=True)
        ]

    def _by_words(self, number: int, made: Sketch) -> tuple[int | None, bool]:
        found = self.index.find(made)
        if found is not None and found.story != number:
            return found.story, True
        return (number, made.repost) if self.index.tells(made) else (None, False)

    def _tell(self, new: Sequence[Numbered], originals: dict[tuple[int, UUID], Original]) -> list[Told]:
        sketches = sketch([whole_text(found.item.draft) for _, found in new])
        told: dict[int, Told] = {}
        self._added = added = []
        self._witness = (new[0][0], new[0][1].item.arrived_at) if new else None
        for at in sorted(range(len(new)), key=lambda at: _order(new[at][1].item, sketches[at])):
            number, found = new[at]
            told[number] = one = self._one(number, found.item, sketches[at], originals, told)
            if one.story_id == number:
                added.append(number)
        self._newest = max([self._newest, *told])
        self._remember(added)
        return [told[number] for number, _ in new]

    def _one(
        self,
        number: int,
        item: Item,
        made: Sketch,
        originals: dict[tuple[int, UUID], Original],
        told: dict[int, Told],
    ) -> Told:
        original = next((originals[key] for key in _named(item) if key in originals), None)
        if original is not None:
            here = told.get(original.mention_id)
            story = (here.story_id if here else original.story_id) or original.mention_id
            return Told(story, True, original.arrived_at, made.exact)
        repost = item.draft.repost_of is not None
        found = self.index.find(made, repost=repost)
        if found is not None:
            return Told(found.story, True, found.note, found.fingerprint)
        if not self.index.tells(made, repost=repost):
            return Told(None, repost, item.arrived_at, made.exact)
        self.index.add(number, made, item.arrived_at)
        return Told(number, repost or made.repost, item.arrived_at, made.exact)

    def _unwritten(self, told: Sequence[Told]) -> dict[int, Told]:
        """The stories that have copies now and may have no row yet."""
        if len(self._written) > self.index.stories:
            self._written.clear()
        copied = {one.story_id: one for one in told if one.copy and one.story_id is not None}
        return {story: one for story, one in copied.items() if story not in self._written}

    async def catch_up(self, session: ReadSession) -> None:
        """Read what other workers stored since the last batch."""
        if not self._filled:
            await self._fill(session)
        if self._witness is not None and not (await session.execute(_THERE, _place(self._witness))).first():
            self.index.forget(set(self._added))
            self._written.clear()
        since = self._newest - LOOKED_BACK
        rows = await session.execute(_SINCE, {"since": since, "known": list(self._recent)})
        self._take_in(await asyncio.to_thread(_sketched, [tuple(row) for row in rows]))

    async def _fill(self, session: ReadSession) -> None:
        """Read the recent past backwards, until the index is full; keep sketches, not texts."""
        before, kept = 2**62, 0
        pages: list[list[Past]] = []
        while kept < self.index.stories and len(pages) * READ_AT_ONCE < READ_BACK:
            rows = [tuple(row) for row in await session.execute(_BEFORE, {"before": before})]
            if not rows:
                break
            before = rows[-1][0]
            own = [(number, at, words) for number, at, words, own in reversed(rows) if own]
            pages.append(await asyncio.to_thread(_sketched, own))
            kept += len(pages[-1])
        for page in reversed(pages):
            self._take_in(page)
            await asyncio.sleep(0)  # pages go out meanwhile
        self._filled = True

    def _take_in(self, rows: Sequence[Past]) -> None:
        for number, arrived_at, made in rows:
            if made.words:  # its author may have taken it back
                self.index.add(number, made, arrived_at)
        self._remember([row[0] for row in rows])

    def _remember(self, numbers: Sequence[int]) -> None:
        self._newest = max(self._newest, *numbers) if numbers else self._newest
        self._recent.update(numbers)
        self._recent = {number for number in self._recent if number > self._newest - LOOKED_BACK}


def _sketched(rows: Sequence[tuple[int, datetime, str]]) -> list[Past]:
    """Stored stories as the index takes them in, their pairs packed: there may be very many."""
    made = sketch([words for _, _, words in rows])
    return [
        (number, at, one._replace(pairs=array("I", one.pairs)))
        for (number, at, _), one in zip(rows, made, strict=True)
    ]


def _order(item: Item, made: Sketch) -> tuple[bool, datetime, int, str]:
    """Originals before reposts, then by time; the rest only so that the order is one."""
    draft = item.draft
    return (draft.repost_of is not None or made.repost, draft.published_at, item.source_id, draft.native_id)


def _named(item: Item) -> tuple[tuple[int, UUID], ...]:
    """The keys under which what it repeats may be known: by the source's id or by an identity for all."""
    if item.draft.repost_of is None:
        return ()
    name = digest(item.draft.repost_of)
    return (item.source_id, name), within(item.source_id, item.draft.repost_of), (ANY_SOURCE, name)


def _place(mention: tuple[int, datetime]) -> dict[str, object]:
    return {"id": mention[0], "arrived_at": mention[1]}


ENDLESS = 2**63 - 1
"""Above all ids. Of a range with two ends PostgreSQL believes that it is small, and takes the index: of one
with a single end, in a plan for any value, that it is a third of the table, and reads all of it. NOT IN it
hashes whatever it believes; NOT EXISTS it may look through for each mention."""

_WORDS = "CASE WHEN title IS NULL THEN text ELSE title || chr(10) || text END"
_BEGUN = text("SELECT id FROM story WHERE id = ANY(CAST(:ids AS bigint[]))")
_THERE = text("SELECT 1 FROM mention WHERE id = :id AND arrived_at = :arrived_at")
_SINCE = text(f"""
    SELECT id, arrived_at, {_WORDS} FROM mention
    WHERE id > :since AND id < {ENDLESS} AND story_id = id
          AND id NOT IN (SELECT unnest(CAST(:known AS bigint[])))
    ORDER BY id""")  # noqa: S608 - constants of ours
_BEFORE = text(f"""
    SELECT id, arrived_at, {_WORDS}, story_id IS NOT DISTINCT FROM id FROM mention
    WHERE id < :before ORDER BY id DESC LIMIT {READ_AT_ONCE}""")  # noqa: S608

_ORIGINALS = text("""
    SELECT named.source_id, named.key, named.mention_id, named.arrived_at, mention.story_id
    FROM mention_key AS named
    LEFT JOIN mention ON mention.id = named.mention_id AND mention.arrived_at = named.arrived_at
    WHERE (named.source_id, named.key)
          IN (SELECT * FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[])))""")


async def _originals(session: ReadSession, items: Sequence[Item]) -> dict[tuple[int, UUID], Original]:
    """What the reposts among the items name, where we know it: also what is just being stored."""
    keys = sorted({key for item in items for key in _named(item)})
    if not keys:
        return {}
    values = {"sources": [source for source, _ in keys], "keys": [key for _, key in keys]}
    rows = await session.execute(_ORIGINALS, values)
    return {(source, key): Original(*rest) for source, key, *rest in rows}


_TELL = text("""
    INSERT INTO story (id, first_at, fingerprint)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:first AS timestamptz[]), CAST(:prints AS bigint[]))
    ON CONFLICT DO NOTHING""")
_AGREED = text("""
    SELECT given.id, coalesce(by_id.id, by_print.id)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:prints AS bigint[])) AS given (id, fingerprint)
    LEFT JOIN story AS by_id ON by_id.id = given.id
    LEFT JOIN story AS by_print ON by_print.fingerprint = given.fingerprint
    WHERE coalesce(by_id.id, by_print.id) IS NOT NULL""")


async def _agree(session: WriteSession, copied: Mapping[int, Told]) -> dict[int, int]:
    """Give these stories a row; each story's id as all workers know it."""
    if not copied:
        return {}
    rows = sorted((one.fingerprint, story, one.first_at) for story, one in copied.items())
    values = {"ids": [row[1] for row in rows], "prints": [row[0] for row in rows]}
    # in one order, so that two workers wait for one another and never deadlock
    await session.execute(_TELL, values | {"first": [row[2] for row in rows]})
    agreed = (await session.execute(_AGREED, values)).all()
    return {given: story for given, story in agreed}  # noqa: C416 - dict() of rows is no dict to mypy
