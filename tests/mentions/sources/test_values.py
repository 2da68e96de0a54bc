"""What suites and people write for a number of people, as it is read."""

from __future__ import annotations

import pytest

from mentions.sources.values import count


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((one, 1_200) for one in ("1200", "1,200", "1.200", "1 200", "1\xa0200", "1\u202f200", "1'200")),
        *((one, 1_200) for one in ("1.2K", "1,2k", "1.2 K", "1,2 mil", "1,2mil", "1,2 mille", "1,2 Tsd.")),
        *(
            (one, 1_200_000)
            for one in ("1.2M", "1,2 M", "1.200.000", "1,2 millones", "1,2 milions", "1,2 Mio")
        ),
        *((one, 2_000_000_000) for one in ("2B", "2 bn", "2 milliards")),
        *((one, 1) for one in ("1.2", "1,2", "1.20", "1,2345")),
        *((one, 12_346) for one in ("12.345,6", "12,345.6")),
        *((one, None) for one in ("", "k", "5 feet", "1.2 x", "-3", "1,2,3", "many")),
        (1_200, 1_200),
        (1.9, 1),
        (float("nan"), None),
        (True, None),
    ],
)
def test_a_number_of_people(written: object, read: int | None) -> None:
    assert count(written) == read
