"""The chain of decisions about paging, as sentences in the four languages of the house.

What stands in braces is filled in with a decision's facts; a fact that is missing leaves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from alerts.chain.sentences_ca import CATALAN
from alerts.chain.sentences_es import SPANISH
from alerts.chain.sentences_fr import FRENCH
from alerts.wording.phrases import fact
from kit.languages import elided, unbroken

ENGLISH: Mapping[str, str] = {
    "started": "The escalation began with the policy “{policy}” for {severity} alerts, as it stood then.",
    "started_without": "There is no escalation policy for this brand: the admins are paged.",
    "joined": "Alert {other} of the brand was paged for already and covers this one: nobody is woken twice.",
    "informs": "This alert only informs: it pages nobody.",
    "took_over": "Alert {other} came to its end unanswered; this one goes on ringing in its place.",
    "replaced": "Alert {other} is as bad or worse and pages in the place of this one.",
    "raised": "It became worse ({severity}): the levels for that begin with the first one.",
    "level": "Level {level} of {levels} was due.",
    "everyone_level": "Level {level} of {levels} was due. Everybody who is paged must acknowledge.",
    "last_level": "The last level was due, which every policy has: the admins.",
    "paged_schedule": "{person} was paged, being on call on {name}.",
    "paged_override": "{person} was paged, being on call on {name} by an override of the rota.",
    "relieved": "{name} would have been on call, but an override of the rota gave the duty to somebody else.",
    "nobody_by_override": "By an override of the rota nobody is on call on {name}.",
    "paged_member": "{person} was paged, being named in the policy.",
    "paged_department": "{person} was paged, belonging to {name}.",
    "paged_awake": "{person} was paged, being awake: those of {name} for whom it is day come first.",
    "paged_admins": "{person} was paged, being an admin.",
    "paged_last_resort": "{person} is written to by {channel}: nobody could be paged, so every way is tried.",
    "paged_reminder": "{person} was reminded: they have the alert, and nothing has happened since.",
    "has_it": "{person} has acknowledged already and is not paged again.",
    "held_already": "{person}'s quiet hours hold a page by {channel} already.",
    "no_seat": "{name} has no active seat and is not paged.",
    "partner": "{name} is a partner and is not paged: alerts stay in the house.",
    "observer": "{name} is an observer and is not paged.",
    "no_mail": "{name} has no mail address and cannot be paged.",
    "away": "{name} would have been on call, but is away.",
    "nobody_on_call": "Nobody is on call on {name}.",
    "nobody_there": "{name} has nobody who can be paged.",
    "no_admin": "There is no admin who can be paged.",
    "none_awake": "Of {name} nobody is awake.",
    "no_target": "The level names nobody.",
    "unreadable": "The target {name} cannot be read.",
    "nobody": "Nobody could be paged. It is tried again every minute.",
    "exhausted": "Everybody was paged as often as agreed, and nobody acknowledged.",
    "rings_on": "The signal ended, but nobody has answered: it goes on ringing.",
    "noted": "{person} acknowledged. It still takes {names}.",
    "acknowledged": "{person} acknowledged: nobody else is paged.",
    "rings_again": "Nothing happened after the reminder: the levels begin anew.",
    "closed": "Its incident was resolved: nobody is paged any more.",
    "page_due": "{person}'s contact rules chose {channel}, at {time}.",
    "page_held": "{person}'s quiet hours held the page by {channel} until {time}.",
    "page_held_back": "The page to {person} by {channel} was held back until {time}: too many messages.",
    "page_refused": "{channel} did not take the message to {person}; again at {time}. It said: {reason}",
    "page_bundled": "The page by {channel} went in one message with that of alert {other}.",
    "page_sent": "{channel} took the message to {person} at {time}.",
    "page_receipt": "{channel} said of the message to {person}: {receipt}.",
    "page_failed": "The page to {person} by {channel} failed: {reason}",
    "page_dropped": "The page to {person} by {channel} did not go out: {reason}",
    "page_delayed": "The page to {person} by {channel} waits: {reason}",
    "never_named": "No level that was due named {person}.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": ENGLISH, "es": SPANISH, "ca": CATALAN,
    "fr": {kind: unbroken(said) for kind, said in FRENCH.items()},
}  # fmt: skip


def told(kind: str, facts: Mapping[str, object], language: str) -> str:
    """The sentence of one decision; of a kind that this edition does not know, its name and facts."""
    if kind == "started" and not facts.get("policy"):
        kind = "started_without"
    sentence = LANGUAGES.get(language, ENGLISH).get(kind)
    words = {name: fact(name, value, language) for name, value in facts.items()}
    if sentence is None:
        return f"{kind}: {', '.join(f'{name} {value}' for name, value in sorted(words.items()))}"
    said = elided(sentence, words, language).format_map(defaultdict(str, words))
    return said[:1].upper() + said[1:]
