"""Who speaks and where: invented accounts, papers, sites, countries, and what they pass on of one another."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from mentions.drafts.draft import MentionDraft
from tocsin.demo.voice import people, pick

SITES = {
    ("social.example", "post"): 0.66,
    ("pics.example", "post"): 0.12,
    ("forum.example", "comment"): 0.10,
    ("clips.example", "comment"): 0.07,
    ("reviews.example", "review"): 0.05,
}
"""Share of each site, with what people write there."""
COUNTRIES: dict[str, dict[str, float]] = {
    "ca": {"ES": 0.94, "FR": 0.03, "AD": 0.03},
    "en": {"GB": 0.55, "IE": 0.15, "NL": 0.12, "DE": 0.10, "US": 0.08},
    "es": {"ES": 0.95, "MX": 0.03, "FR": 0.02},
    "fr": {"FR": 0.88, "BE": 0.07, "CH": 0.05},
}
"""From where each language is written."""
COUNTRY_SHARE, PLACE_SHARE = 0.6, 0.25  # of mentions say their country; their place, too
RECENT = 150
"""Posts back that people still see; of SEEN of them at random they take the one by the widest known."""
SEEN = 5


def person(rng: random.Random) -> str:
    """A handle."""
    parts = people()
    number = rng.choice(("", rng.randrange(100)))
    return f"{rng.choice(parts['first'])}{rng.choice(('', '_', '.'))}{rng.choice(parts['last'])}{number}"


def post(rng: random.Random, lang: str, text: str, moment: datetime) -> MentionDraft:
    """Somebody says this, somewhere."""
    domain, kind = pick(rng, SITES)
    native_id, author, place = f"{rng.getrandbits(64):016x}", person(rng), _place(rng, lang)
    followers = int(rng.lognormvariate(5.5, 1.2))
    return MentionDraft(
        native_id=native_id,
        text=text,
        published_at=moment,
        author=author,
        followers=followers,
        url=f"https://{domain}/{author}/{native_id}",
        lang=lang,
        kind=kind,
        thread=native_id,
        country=place[0],
        place=place[1],
        domain=domain,
    )


def article(rng: random.Random, lang: str, written: tuple[str, str], moment: datetime) -> MentionDraft:
    """A paper writes this: headline and first lines."""
    native_id, paper = f"{rng.getrandbits(64):016x}", rng.choice(people()["papers"][lang])
    domain = f"{paper.lower()}.example"
    return MentionDraft(
        native_id=native_id,
        title=written[0],
        text=written[1],
        published_at=moment,
        author=paper,
        followers=int(rng.lognormvariate(10.0, 0.8)),
        reach=int(rng.lognormvariate(11.5, 0.7)),
        url=f"https://{domain}/{moment:%Y/%m/%d}/{native_id}",
        lang=lang,
        kind="article",
        country=max(COUNTRIES[lang], key=COUNTRIES[lang].__getitem__),
        domain=domain,
    )


def repost(rng: random.Random, said: MentionDraft, earlier: Sequence[MentionDraft]) -> MentionDraft:
    """The same account passes on what somebody said before, as it was."""
    original = seen(rng, earlier)
    return replace(
        said,
        text=f"RT @{original.author}: {original.title or original.text}",
        lang=original.lang,
        repost_of=original.native_id,
        kind="post",
        thread=original.thread,
    )


def quote(rng: random.Random, said: MentionDraft, earlier: Sequence[MentionDraft]) -> MentionDraft:
    """The same words, with a link to what somebody said before."""
    return replace(said, text=f"{said.text} {seen(rng, earlier).url}")


def reply(rng: random.Random, said: MentionDraft, earlier: Sequence[MentionDraft]) -> MentionDraft:
    """The same words as an answer in somebody's conversation."""
    original = seen(rng, earlier)
    thread = original.thread or original.native_id
    return replace(said, reply_to=original.native_id, thread=thread, kind="comment")


def seen(rng: random.Random, earlier: Sequence[MentionDraft]) -> MentionDraft:
    """What somebody comes across: recent, and rather what was said by the widely known."""
    first = max(0, len(earlier) - RECENT)
    some = [earlier[rng.randrange(first, len(earlier))] for _ in range(SEEN)]
    return max(some, key=lambda one: (one.repost_of is None, one.followers or 0))


def _place(rng: random.Random, lang: str) -> tuple[str | None, str | None]:
    draw = rng.random()
    if draw >= COUNTRY_SHARE:
        return None, None
    country = pick(rng, COUNTRIES[lang])
    places: Mapping[str, Sequence[str]] = people()["places"]
    return country, rng.choice(places[country]) if draw < PLACE_SHARE else None
