"""Reference objects of the raw zone: nothing is lost as objects are put together, and damage is named."""

import re

import msgspec
import pytest

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.reference import MOST_SMALL, REFERENCE, Reference, credits_of
from spotify_assets.transform.artist_details import ArtistAnswer
from spotify_assets.transform.track_details import TrackAnswer
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import FETCHED_AT, spotify_id, to_json, track


def answers(*words: str) -> list[TrackAnswer]:
    return [TrackAnswer(spotify_id(word), FETCHED_AT.isoformat(), msgspec.Raw(to_json(track(word)))) for word in words]


def ids(reference: Reference[TrackAnswer], keys: list[str] | None = None) -> list[str]:
    return sorted(answer.id.lstrip("0") for answer in reference.read(reference.keys() if keys is None else keys))


def test_what_landed_is_read_and_the_same_lands_once(lake: Lake) -> None:
    details = lake.track_details
    assert (details.keys(), list(details.read([])), credits_of(details)) == ([], [], {})
    details.land(answers("A", "B"))
    details.land(answers("C"))
    details.land(answers("C"))
    details.land([])
    assert len(details.keys()) == 2
    assert ids(details) == ["A", "B", "C"]
    assert credits_of(details)[spotify_id("C")] == [spotify_id("CArtist")]


def test_answers_about_artists_lie_apart_from_those_about_tracks(lake: Lake) -> None:
    answer = ArtistAnswer(spotify_id("A"), "wikidata", FETCHED_AT.isoformat(), msgspec.Raw(b'{"one":1}'))
    lake.track_details.land(answers("T"))
    lake.artist_details.land([answer])
    [key] = lake.artist_details.keys()
    # A lake that exists has such names: another length would land all of it again.
    assert re.fullmatch(r"raw/reference/artists/[0-9a-f]{16}\.json\.zst", key)
    assert list(lake.artist_details.read([key])) == [answer]
    assert ids(lake.track_details) == ["T"]


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
@pytest.mark.parametrize("subject", ["tracks", "artists"])
def test_what_is_damaged_says_which_object_and_what_to_do(lake: Lake, subject: str) -> None:
    lake.raw_storage.write(f"{REFERENCE}/{subject}/x.json.zst", b"{}")
    reference = lake.track_details if subject == "tracks" else lake.artist_details
    found = rf"^{REFERENCE}/{subject}/x\.json\.zst is damaged .*delete it: its {subject} are asked for"
    with pytest.raises(LakeError, match=found):
        list(reference.read(reference.keys()))
