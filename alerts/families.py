"""Signals that say the same about a monitor: of each family at most one alert is open. Pure.

volume       more is said: all mentions, accounts in words of their own, weight of audiences
negative     more of it is negative, in number and share of the accounts in words of their own
harm         accounts speak of harm to people
notable      an author who weighs for the brand said something negative or harmful
arrival      several accounts begin to use words that were not used before, or copy a story faster than
             stories are copied (`alerts.arrivals`)
opportunity  more praise, in number and share: informs, never pages
"""

from __future__ import annotations

from alerts.detection.severity import ARRIVING

FAMILIES = {
    "volume": ("volume", "independent", "reach"),
    "negative": ("negative",),
    "harm": ("harm",),
    "notable": ("notable",),
    "arrival": ARRIVING,
    "opportunity": ("positive",),
}
"""Each with its signals, the one that leads where several fire first."""

_OF = {signal: family for family, signals in FAMILIES.items() for signal in signals}

OF_SIGNAL = "\n".join(
    (
        "(",
        "CASE signal",
        *(f"WHEN '{signal}' THEN '{family}'" for signal, family in _OF.items() if signal != family),
        "ELSE signal",
        "END)",
    )
)
"""`family_of`, by the database, in lines as PostgreSQL tells it, so that the two can be compared. An index is
made of it: who changes FAMILIES makes that anew."""


def family_of(signal: str) -> str:
    """The family of a signal; one that we do not know is a family of its own."""
    return _OF.get(signal, signal)
