"""What one mention counts for: independent voices count, copies and late arrivals do not.

How large an account is says nothing of a mention's weight: that many small ones speak at once is a condition
of its own, bots (conditions.py). Words may be said twice: one account repeats another's and means it. Said a
third time they are a chorus, which counts once: the third mention takes back what the second gave, and all
later ones give nothing.
"""

LATE_SECONDS = 600
"""A mention that arrives later than this after it was posted is history, not news."""

SMALL = 150
"""Followers under which an account is small."""

OF_COPIES = (1.0, 1.0, -1.0)
"""What the first, second and third mention of one wording give; later ones give 0."""

DAY = 86_400
MEMORY = 7 * DAY


class Weigher:
    """Weighs mentions in order of arrival."""

    def __init__(self) -> None:
        self._copies: dict[str, int] = {}
        self._old_copies: dict[str, int] = {}
        self._posts: dict[tuple[str, str], int] = {}
        self._day = self._week = 0

    def weight(self, arrived: int, created: int, brand: str, author: str, text: str) -> float:
        """-1..1: OF_COPIES / (1 + posts of the author that day), 0 for what is late."""
        if arrived // DAY != self._day:
            self._day, self._posts = arrived // DAY, {}
        if arrived // MEMORY != self._week:
            self._week, self._old_copies, self._copies = arrived // MEMORY, self._copies, {}
        seen = self._copies.get(text)
        if seen is None:
            seen = self._old_copies.get(text, 0)
        self._copies[text] = seen + 1
        posts = self._posts.get((brand, author), 0)
        self._posts[brand, author] = posts + 1
        if arrived - created > LATE_SECONDS or seen >= len(OF_COPIES):
            return 0.0
        return OF_COPIES[seen] / (1 + posts)
