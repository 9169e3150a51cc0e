"""Details of tracks in the raw zone: nothing is lost as objects are put together, and damage is named."""

import msgspec
import pytest
from spotify_assets.lake.track_details import MOST_SMALL, TRACKS, TrackDetails

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.track_details import TrackAnswer
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import FETCHED_AT, spotify_id, to_json, track


def answers(*words: str) -> list[TrackAnswer]:
    return [TrackAnswer(spotify_id(word), FETCHED_AT.isoformat(), msgspec.Raw(to_json(track(word)))) for word in words]


def ids(details: TrackDetails, keys: list[str] | None = None) -> list[str]:
    return sorted(answer.id.lstrip("0") for answer in details.read(details.keys() if keys is None else keys))


def test_what_landed_is_read_and_the_same_lands_once(lake: Lake) -> None:
    details = lake.track_details
    assert (details.keys(), list(details.read([])), details.credits()) == ([], [], {})
    details.land(answers("A", "B"))
    details.land(answers("C"))
    details.land(answers("C"))
    details.land([])
    assert len(details.keys()) == 2
    assert ids(details) == ["A", "B", "C"]
    assert details.credits()[spotify_id("C")] == [spotify_id("CArtist")]


def test_small_objects_are_put_together_and_whoever_listed_them_before_reads_all_the_same(lake: Lake) -> None:
    details = lake.track_details
    words = [f"T{number}" for number in range(MOST_SMALL + 1)]
    for word in words[:-1]:
        details.land(answers(word))
    listed = details.keys()
    assert len(listed) == MOST_SMALL
    details.land(answers(words[-1]))
    assert len(details.keys()) == 1
    assert ids(details) == sorted(words)
    assert ids(details, listed) == sorted(words)


@IN_A_FOLDER
def test_what_is_damaged_says_which_object_and_what_to_do(lake: Lake) -> None:
    lake.raw_storage.write(f"{TRACKS}/x.json.zst", b"{}")
    with pytest.raises(LakeError, match=rf"^{TRACKS}/x\.json\.zst is damaged .*delete it: its tracks are asked for"):
        lake.track_details.credits()
