"""Asking Wikidata about the day's artists through Dagster: what lands, what a failure leaves, and who is asked when."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import polars as pl
import pytest

from spotify_assets.artist_facts.asking import AskedService, Limits
from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.artist_facts.wikidata import Wikidata
from spotify_assets.lake.raw import ARTIST_FACTS, own_name
from spotify_assets.transform.containers import decompress
from spotify_assets_tests.assets.conftest import ALL, Platform
from spotify_assets_tests.assets.test_capture import metadata, today
from spotify_assets_tests.assets.test_main_path import published
from spotify_assets_tests.support.wikidata.fake import FakeWikidata, Script, fake_wikidata

DAY = date(2026, 3, 1)
FACTS = ["raw_artist_facts"]


@pytest.fixture
def wikidata(live: Platform) -> Iterator[FakeWikidata]:
    with fake_wikidata() as fake:
        service = Wikidata("tests@example.org", fake.url)
        live.facts = AskedService(service, Limits(capture=20, answer=5, wait=1, first_pause=0))
        yield fake


def landed(platform: Platform) -> dict[str, dict[str, Any]]:
    """The last answers, by artist id."""
    data = platform.lake.raw.latest(ARTIST_FACTS, today(), 0)
    if data is None:
        return {}
    return {answer["artist_id"]: answer for answer in msgspec.json.decode(decompress(data))["artist_facts"]}


def forget_today(platform: Platform) -> None:
    found = [capture.key for capture in platform.lake.raw.captures(today()) if capture.kind == ARTIST_FACTS]
    platform.lake.storage.delete(found)


def land_yesterday(platform: Platform, *answers: dict[str, Any]) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    envelope = {"source": "spotify", "fetched_at": yesterday.isoformat()}
    platform.lake.raw.land(own_name(ARTIST_FACTS, yesterday), {"envelope": envelope, "artist_facts": list(answers)})


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_what_wikidata_knows_is_published_beside_what_spotify_tells(live: Platform, wikidata: FakeWikidata) -> None:
    assert live.materialize(today(), steps=["raw_playlists"]).success
    assert live.materialize(today(), steps=FACTS).success
    known, *_ = sorted(landed(live))
    wikidata.add_artist(500, known)
    forget_today(live)
    result = live.materialize(today(), steps=[*ALL])
    assert result.success
    artists = published(live, "artists")
    (row,) = artists.filter(artist_id=known).to_dicts()
    assert (row["country"], row["wikidata_id"]) == ("US", "Q500")
    assert artists.filter(pl.col("wikidata_id").is_not_null()).height == 1
    told = metadata(result, "raw_artist_facts")
    assert {name: told[name] for name in ("source", "asked", "carried_over", "unknown_there", "missing")} == {
        "source": "wikidata",
        "asked": artists.height,
        "carried_over": 0,
        "unknown_there": artists.height - 1,
        "missing": 0,
    }
    # Asked once more on the same day, nobody is.
    assert metadata(live.materialize(today(), steps=FACTS), "raw_artist_facts")["requests"] == 0


def test_answers_are_carried_over_until_they_are_too_old(live: Platform, wikidata: FakeWikidata) -> None:
    assert live.materialize(today(), steps=["raw_playlists", *FACTS]).success
    known, old, unknown, old_unknown, foreign, *_ = sorted(landed(live))
    forget_today(live)
    land_yesterday(
        live,
        {"artist_id": known, "source": "wikidata", "fetched_at": ago(29.9), "answer": [{"kept": True}]},
        {"artist_id": old, "source": "wikidata", "fetched_at": ago(30.1), "answer": [{"kept": True}]},
        {"artist_id": unknown, "source": "wikidata", "fetched_at": ago(6.9), "answer": None},
        {"artist_id": old_unknown, "source": "wikidata", "fetched_at": ago(7.1), "answer": None},
        {"artist_id": foreign, "source": "somebody else", "fetched_at": ago(1), "answer": [{"kept": True}]},
        {"artist_id": "0" * 22, "source": "wikidata", "fetched_at": ago(1), "answer": [{"kept": True}]},
    )
    wikidata.asked.clear()
    assert live.materialize(today(), steps=FACTS).success
    asked = [artist_id for batch in wikidata.asked for artist_id in batch]
    assert {known, unknown} & set(asked) == set()
    # Those who are new come first.
    assert asked[-2:] == sorted([old, old_unknown])
    assert foreign in asked
    now = landed(live)
    assert now[known]["answer"] == [{"kept": True}]
    assert now[old]["answer"] is None
    assert "0" * 22 not in now


def test_where_wikidata_fails_the_day_is_whole_and_the_next_attempt_catches_up(
    live: Platform, wikidata: FakeWikidata
) -> None:
    wikidata.scripts.append(Script("status", 999))
    result = live.materialize(today())
    assert result.success
    artists = published(live, "artists")
    assert artists["wikidata_id"].null_count() == artists.height > 0
    told = metadata(result, "raw_artist_facts")
    assert (told["missing"], told["why_missing"]) == (artists.height, "wikidata has a server error (500).")
    assert landed(live) == {}
    wikidata.scripts.clear()
    assert live.materialize(today(), steps=FACTS).success
    assert len(landed(live)) == artists.height


def test_an_old_answer_is_better_than_none(live: Platform, wikidata: FakeWikidata) -> None:
    assert live.materialize(today(), steps=["raw_playlists", *FACTS]).success
    old, *_ = sorted(landed(live))
    forget_today(live)
    answer = {"artist_id": old, "source": "wikidata", "fetched_at": ago(45), "answer": [{"kept": True}]}
    land_yesterday(live, answer)
    wikidata.scripts.append(Script("status", 1, status=403))
    assert live.materialize(today(), steps=FACTS).success
    assert landed(live) == {old: answer}


def test_an_object_that_is_spoilt_costs_its_facts_alone(live: Platform, wikidata: FakeWikidata) -> None:
    live.land(own_name(ARTIST_FACTS, datetime.now(UTC)), b"{cut o")
    assert live.materialize(
        today(), steps=["raw_playlists", "raw_artists", "tables", "checks", "published_tables"]
    ).success
    assert published(live, "artists").height > 0
    (note,) = live.lake.raw.quarantined(today())
    assert "not valid JSON" in note.reason


def test_switched_off_nothing_lands(live: Platform, wikidata: FakeWikidata) -> None:
    land_yesterday(live, {"artist_id": "1" * 22, "source": "wikidata", "fetched_at": ago(1), "answer": []})
    live.facts = artist_facts_source(live.lake.settings.model_copy(update={"artist_facts": "off"}))
    result = live.materialize(today())
    assert result.success
    assert metadata(result, "raw_artist_facts")["why_missing"] == "ARTIST_FACTS=off."
    assert landed(live) == {}
    assert set(published(live, "artists")["genre_source"]) <= {"spotify", "none"}
    assert wikidata.asked == []


def test_the_sample_has_genres_of_either_source_and_of_neither(sample: Platform) -> None:
    assert sample.materialize(DAY).success
    artists = published(sample, "artists")
    assert set(artists["genre_source"]) == {"spotify", "wikidata", "none"}
    assert artists["country"].n_unique() > 5
    # Each source spells its own way, and there is one name for each genre.
    names = set(artists["genres"].explode().drop_nulls())
    assert "pop" in names
    assert not {"pop music", "hip-hop", "J-pop", "contemporary R&B"} & names
