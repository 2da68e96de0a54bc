"""What suites call the kinds of things that people publish, in our few words. Pure."""

from __future__ import annotations

import re

from mentions.drafts.draft import KINDS

_WORDS: dict[str, str] = {
    "article": "news newspaper newspapers press magazine magazines print newswire blog blogs mw "
    "online_news online_press print_press print_news press_release onlinenews news_publisher editorial",
    "review": "reviews product_review customer_review voc",
    "video": "tv television broadcast youtube vimeo tiktok twitch tveyes_tv",
    "audio": "radio podcast podcasts tveyes_radio",
    "comment": "reply replies qa answer",
    "call": "phone phone_call telephone",
    "letter": "mail email fax",
    "visit": "shop store",
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in (kind, *words.split())} | {
    kind: kind for kind in KINDS
}
_SEPARATORS = re.compile(r"\W+")


def kind_of(word: object) -> str:
    """The kind that a suite's word for a type of source or content means; `post` for what we do not know.

    Of compound words (`BLOG_OTHER`, `tveyes_radio`) the first known part decides when the whole is unknown.
    """
    if not isinstance(word, str):
        return "post"
    name = _SEPARATORS.sub("_", word.lower()).strip("_")
    parts = (name, *name.split("_"))
    return next((_KIND_OF[part] for part in parts if part in _KIND_OF), "post")
