"""What the payload types take, and what the doubts of a reading say."""

import msgspec
import pytest

from spotify_assets.spotify.payloads import Doubts


@pytest.mark.parametrize(
    ("doubts", "told"),
    [
        (Doubts(), "read once; Spotify reported an unknown number of entries and gave an unknown number of"),
        (Doubts(31, 0, attempts=1, versions=1, agreed=False), "read once; Spotify reported 31 entries and gave 0"),
        (
            Doubts(1500, 1400, attempts=2, versions=2, agreed=True),
            "read 2 times, two readings equal, in 2 versions; Spotify reported 1,500 entries and gave 1,400",
        ),
        (
            Doubts(30, 29, attempts=3, versions=1),
            "read 3 times, no two readings equal; Spotify reported 30 entries and gave 29",
        ),
    ],
)
def test_the_doubts_of_a_reading_are_one_line_for_people(doubts: Doubts, told: str) -> None:
    assert str(doubts) == told


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_a_number_of_64_bits_is_read_and_none_beyond(number: int) -> None:
    assert msgspec.json.decode(f'{{"told": {number}}}', type=Doubts).told == number
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"told": {number + (1 if number > 0 else -1)}}}', type=Doubts)
