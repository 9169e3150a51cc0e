"""The question that Wikidata is asked, run by a SPARQL engine over its data model, and what is made of the answers."""

import msgspec
import pytest

from spotify_assets.artist_facts.facts import ArtistFacts
from spotify_assets.artist_facts.wikidata import NAME, Wikidata, read
from spotify_assets.schemas.base import GENRE_SOURCES
from spotify_assets.transform.artist_facts import READERS
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.wikidata.fake import FakeWikidata

WIKIDATA = Wikidata("tests@example.org")
KNOWN = ArtistFacts(("hip-hop", "pop music"), "US", 1994, "Q1001", "11111111-1111-4111-8111-111111111111")
GENRES = (*(f"genre {number}" for number in range(1, 8)), "pop music")

EXPECTED = {
    # The country of origin goes before that of citizenship.
    "Known": KNOWN,
    # There, with nothing to tell.
    "Empty": ArtistFacts(wikidata_id="Q1002"),
    # All ten are kept, one that stands there twice through a redirect once; one without a name that is read is not.
    "Genres": ArtistFacts(GENRES, wikidata_id="Q1003"),
    # The name for all languages, else that of the first language of the list.
    "Labels": ArtistFacts(("Tropipop", "sertanejo universitario"), wikidata_id="Q1004"),
    # Of several items the oldest speaks, alone; one that claims by a deprecated statement does not.
    "Claims": ArtistFacts(("hip-hop",), wikidata_id="Q1005"),
    # An id that is not the preferred one of its item.
    "Second": ArtistFacts(("pop music",), wikidata_id="Q1007"),
    # Redirects of the artist's item and of the country's.
    "Merged": ArtistFacts(("hip-hop",), "NL", wikidata_id="Q1008"),
    # Neither a deprecated begin nor one that only its decade is known of.
    "Begins": ArtistFacts(active_since=1987, wikidata_id="Q1009"),
    "England": ArtistFacts(country="GB", wikidata_id="Q1010"),
    "Gone": ArtistFacts(wikidata_id="Q1011"),
    "Before": ArtistFacts(country="RU", wikidata_id="Q1012"),
    # Two countries are no single one.
    "Two": ArtistFacts(wikidata_id="Q1013"),
    # An origin without a code says nothing, so citizenship does.
    "NoCode": ArtistFacts(country="US", wikidata_id="Q1014"),
    # Values that Wikidata says nobody knows.
    "Nobody": ArtistFacts(wikidata_id="Q1015"),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, ArtistFacts]:
    fake = FakeWikidata()
    words = [*EXPECTED, "Unknown"]
    found = WIKIDATA.answers(fake.results(WIKIDATA.form(map(spotify_id, words))["query"]))
    return {
        word: read(msgspec.Raw(msgspec.json.encode(found[spotify_id(word)])))
        for word in words
        if spotify_id(word) in found
    }


@pytest.mark.parametrize("word", EXPECTED)
def test_what_wikidata_says_of_an_artist(answers: dict[str, ArtistFacts], word: str) -> None:
    assert answers[word] == EXPECTED[word]


def test_an_artist_without_an_item_has_no_answer(answers: dict[str, ArtistFacts]) -> None:
    assert "Unknown" not in answers


def test_nothing_but_an_id_gets_into_the_query() -> None:
    query = WIKIDATA.form(['x" } DELETE {', spotify_id("Known")])["query"]
    assert "DELETE" not in query
    assert f'VALUES ?spotify {{ "{spotify_id("Known")}" }}' in query


@pytest.mark.parametrize(
    "answer",
    [
        b"null",
        b"{}",
        b"[]",
        b"[1]",
        b'[{"item": {"value": 5}}]',
        b'[{"item": {"value": "javascript:alert(1)"}}]',
        b'[{"fact": {"value": "genre"}}]',
    ],
)
def test_an_answer_of_another_form_says_nothing(answer: bytes) -> None:
    assert read(msgspec.Raw(answer)) == ArtistFacts()


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("citizenship", "usa"),
        ("citizenship", "U5"),
        ("begin", "-0500-01-01T00:00:00Z"),
        ("begin", "about 1990"),
        ("musicbrainz", "'; DROP TABLE artists"),
    ],
)
def test_a_value_that_no_column_could_hold_is_left_out(fact: str, value: str) -> None:
    row = {"item": {"value": "http://www.wikidata.org/entity/Q1"}, "fact": {"value": fact}, "value": {"value": value}}
    assert read(msgspec.Raw(msgspec.json.encode([row]))) == ArtistFacts(wikidata_id="Q1")


def test_every_source_is_one_that_the_table_knows() -> None:
    assert {"spotify", *READERS, "none"} == set(GENRE_SOURCES)
    assert NAME in READERS
