"""What a feed held at the look before: that tells of edits that nobody dates, and of what we missed. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Gap
from mentions.sources.payload import list_at, time_at

MOST = 1_000  # entries whose words are remembered
FEWEST = 3  # entries: a feed of fewer tells the latest alone, and what it no longer holds says nothing
_BYTES = 6  # of a digest, as hexadecimal digits twice as many


@dataclass(frozen=True)
class Seen:
    """Entries, by digest of their id, with the digest of their words; and when they were last found so."""

    words: Mapping[str, str]
    looked: datetime | None

    @staticmethod
    def of(cursor: Mapping[str, Any]) -> Seen:
        """What the cursor remembers; anything else it may hold is nothing."""
        pairs = [one for one in list_at(cursor, "seen") if isinstance(one, str) and len(one) == 4 * _BYTES]
        return Seen({one[: 2 * _BYTES]: one[2 * _BYTES :] for one in pairs}, time_at(cursor, "looked"))

    def edited(self, drafts: Sequence[MentionDraft], now: datetime) -> list[MentionDraft]:
        """With other words than before an entry was edited, by now, whatever it says of that or does not.

        Of several entries with one id nobody can tell which it was.
        """
        alone = {name for name, count in Counter(map(_id, drafts)).items() if count == 1}
        return [self._edited(draft, now) if _id(draft) in alone else draft for draft in drafts]

    def _edited(self, draft: MentionDraft, now: datetime) -> MentionDraft:
        if self.words.get(_id(draft)) in (None, _words(draft)):
            return draft
        told = draft.revised_at is not None and self.looked is not None and draft.revised_at > self.looked
        return draft if told else replace(draft, revised_at=now)

    def gap(self, drafts: Sequence[MentionDraft], now: datetime) -> Gap | None:
        """When nothing is left of what it held, and all that it holds is later: what was in between is gone.

        Where not every entry has a time of its own nobody can tell.
        """
        looked = self.looked
        if looked is None or not self.words or len(drafts) < FEWEST:
            return None
        if not all(looked < draft.published_at < now and _id(draft) not in self.words for draft in drafts):
            return None
        oldest = min(draft.published_at for draft in drafts)
        return Gap(
            f"Nothing that the feed held at {looked:%Y-%m-%d %H:%M} UTC is left in it: what came after that, "
            f"and went before {oldest:%Y-%m-%d %H:%M} UTC, is missing."
        )

    def then(self, drafts: Iterable[MentionDraft]) -> list[str]:
        """What to remember: these first, then what we knew, as far as there is room."""
        words = {_id(draft): _words(draft) for draft in drafts}
        words |= {name: told for name, told in self.words.items() if name not in words}
        return [name + told for name, told in list(words.items())[:MOST]]


def _id(draft: MentionDraft) -> str:
    return _digest(draft.native_id)


def _words(draft: MentionDraft) -> str:
    return _digest(f"{draft.title}\n{draft.text}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_BYTES).hexdigest()
