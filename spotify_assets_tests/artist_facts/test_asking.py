"""Asking over HTTP where the service has trouble: what is answered all the same, and when asking ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from spotify_assets.artist_facts.asking import AskedService, Limits
from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.artist_facts.source import FactsUnavailable, SimulatedFacts
from spotify_assets.artist_facts.wikidata import Wikidata
from spotify_assets.config import Settings
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.wikidata.fake import FakeWikidata, Script, fake_wikidata

KNOWN, UNKNOWN = spotify_id("Known"), [spotify_id(f"X{number:03}") for number in range(299)]
ALL = [KNOWN, *UNKNOWN]
# Pauses of no length, since nobody is spared by them here.
QUICK = Limits(capture=20, answer=5, wait=1, first_pause=0)


@pytest.fixture
def fake() -> Iterator[FakeWikidata]:
    with fake_wikidata() as wikidata:
        yield wikidata


def asking(fake: FakeWikidata, limits: Limits = QUICK) -> AskedService:
    return AskedService(Wikidata("tests@example.org", fake.url), limits)


def answered(source: AskedService, artist_ids: list[str]) -> tuple[dict[str, object], str | None]:
    """What is answered before asking ends, and why it ended early, if it did."""
    found: dict[str, object] = {}
    try:
        for artist_id, answer in source.ask(artist_ids):
            found[artist_id] = answer
    except FactsUnavailable as error:
        return found, str(error)
    return found, None


def test_hundreds_of_artists_take_a_request_or_two(fake: FakeWikidata) -> None:
    source = asking(fake)
    found, failure = answered(source, ALL)
    assert failure is None
    assert list(found) == ALL
    assert [artist_id for artist_id, answer in found.items() if answer is not None] == [KNOWN]
    assert [len(ids) for ids in fake.asked] == [200, 100]
    assert source.requests == 2
    assert fake.agents == {"SpotifyPlaylistLakehouse/0.1 (tests@example.org)"}


@pytest.mark.parametrize(
    "fault",
    [
        Script("status", 99, at_least=60),
        Script("status", 99, at_least=60, status=502, body=b"<html>"),
        # What a service says of a question that takes too long, or is too long.
        Script("status", 99, at_least=60, status=408),
        Script("status", 99, at_least=60, status=413),
        Script("status", 99, at_least=60, status=414),
        Script("cut", 99, at_least=60),
        Script("html", 99, at_least=60),
        Script("garbage", 99, at_least=60, body=b'{"results": {"bindings": [7]}}'),
        Script("garbage", 99, at_least=60, body=b"\xff\xfe"),
    ],
    ids=["timeout told", "gateway", "408", "413", "414", "cut off", "web page", "another form", "no text"],
)
def test_a_batch_that_fails_is_asked_by_halves_and_grows_again(fake: FakeWikidata, fault: Script) -> None:
    fake.scripts.append(fault)
    found, failure = answered(asking(fake), ALL)
    assert failure is None
    assert list(found) == ALL
    assert found[KNOWN] is not None
    assert [len(ids) for ids in fake.asked][:5] == [200, 100, 50, 100, 50]


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_an_answer_that_does_not_come_in_time_is_asked_by_halves(fake: FakeWikidata, kind) -> None:
    fake.scripts.append(Script(kind, 1))
    found, failure = answered(asking(fake, Limits(capture=20, answer=0.7, first_pause=0)), ALL[:100])
    assert failure is None
    assert list(found) == ALL[:100]
    assert [len(ids) for ids in fake.asked] == [100, 50, 50]


def test_an_artist_about_whom_every_query_fails_is_passed_over(fake: FakeWikidata) -> None:
    fake.poison = ALL[3]
    found, failure = answered(asking(fake), ALL)
    assert failure is None
    assert [artist_id for artist_id in ALL if artist_id not in found] == [ALL[3]]


def test_asking_ends_where_nothing_is_ever_answered(fake: FakeWikidata) -> None:
    fake.scripts.append(Script("status", 999, status=503))
    source = asking(fake)
    assert answered(source, ALL) == ({}, "wikidata has a server error (503).")
    assert source.requests == QUICK.failures


def test_asking_ends_when_the_time_of_a_capture_is_over(fake: FakeWikidata) -> None:
    fake.scripts.append(Script("hang", 99, at_least=101))
    found, failure = answered(asking(fake, Limits(capture=0.4, answer=0.3, first_pause=0.2)), ALL)
    assert found == {}
    assert failure is not None
    assert len(fake.asked) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_short_wait_is_waited_for(fake: FakeWikidata, times: int) -> None:
    fake.scripts.append(Script("status", times, status=429, headers={"Retry-After": "0"}))
    found, failure = answered(asking(fake), ALL[:3])
    assert (list(found), failure) == (ALL[:3], None)
    # Patience is not trouble: the batch stays as it is.
    assert [len(ids) for ids in fake.asked] == [3] * (times + 1)


def _tomorrow() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)


@pytest.mark.parametrize("headers", [{"Retry-After": "86400"}, {"Retry-After": _tomorrow()}, {}])
def test_a_long_wait_ends_asking_and_keeps_what_was_answered(fake: FakeWikidata, headers: dict[str, str]) -> None:
    source = asking(fake)
    fake.scripts += [Script("pass", 1), Script("status", 9, status=429, headers=headers)]
    found, failure = answered(source, ALL)
    assert list(found) == ALL[:200]
    assert failure is not None
    assert "asks to wait" in failure
    assert source.requests == 2


@pytest.mark.parametrize("status", [302, 400, 403, 404])
def test_a_refusal_is_not_asked_again(fake: FakeWikidata, status: int) -> None:
    fake.scripts.append(Script("status", 9, status=status, headers={"Location": fake.url}))
    source = asking(fake)
    found, failure = answered(source, ALL)
    assert (found, source.requests) == ({}, 1)
    assert failure is not None
    assert "WIKIDATA_CONTACT" in failure


def test_nobody_there_is_trouble_like_any_other(fake: FakeWikidata) -> None:
    nowhere = AskedService(Wikidata("tests@example.org", "http://127.0.0.1:9/sparql"), QUICK)
    assert answered(nowhere, ALL) == ({}, "127.0.0.1:9 cannot be reached, or closes the connection.")


def test_the_settings_choose(fake: FakeWikidata) -> None:
    assert isinstance(artist_facts_source(Settings(spotify_source="sample")), SimulatedFacts)
    asked = artist_facts_source(
        Settings(spotify_source="spotify", wikidata_contact="me@example.org", wikidata_endpoint_url=fake.url)
    )
    assert dict(asked.ask([KNOWN]))[KNOWN] is not None
    for settings, reason in (
        (Settings(spotify_source="sample", artist_facts="off"), "ARTIST_FACTS=off"),
        (Settings(spotify_source="spotify", artist_facts="off", wikidata_contact="me@example.org"), "ARTIST_FACTS=off"),
        (Settings(spotify_source="spotify"), "WIKIDATA_CONTACT is not set"),
    ):
        with pytest.raises(FactsUnavailable, match=reason):
            list(artist_facts_source(settings).ask([KNOWN]))
        assert list(artist_facts_source(settings).ask([])) == []
