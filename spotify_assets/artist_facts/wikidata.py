"""Wikidata: how to query it for artists by their Spotify ids, and how to read its answers. No I/O.

Properties: P1902 Spotify artist id, P136 genre, P495 country of origin, P27 country of citizenship, P2031 begin of
activity, P434 MusicBrainz artist id, P297 ISO 3166-1 alpha-2 code, P17 country, P576 dissolved.
The data model is https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format, the service's rules are
https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual#Query_limits. Its contents are CC0.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from spotify_assets.artist_facts.facts import ArtistFacts
from spotify_assets.spotify.payloads import ID

NAME = "wikidata"
ENDPOINT = "https://query.wikidata.org/sparql"
# Names of genres that English lacks, in this order; "mul" are names for all languages.
LANGUAGES = ("en", "mul", "en-gb", "en-us", "es", "pt", "fr", "de", "ja", "ko")

ENTITY = re.compile(r"^https?://www\.wikidata\.org/entity/(Q([1-9]\d*))\Z")
COUNTRY_CODE = re.compile(r"^[A-Z]{2}\Z")
YEAR = re.compile(r"^\+?([12]\d{3})-\d\d-\d\dT")
MUSICBRAINZ_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")

# One row per fact. `wdt:` leads only to the statements of best rank, which are never deprecated. An id is searched in
# all statements that are not deprecated, since an artist may have several. Merged items leave a redirect behind, given
# by owl:sameAs. A date counts if at least its year is known (precision 9). A place without its own code, such as
# England, stands for its country; a dissolved state stands for none. Only standard SPARQL, without the label service,
# so that any endpoint with the data works.
QUERY = """\
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX psv: <http://www.wikidata.org/prop/statement/value/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wikibase: <http://wikiba.se/ontology#>
SELECT DISTINCT ?spotify ?item ?fact ?value ?label WHERE {
  VALUES ?spotify { $ids }
  ?claim ps:P1902 ?spotify ; wikibase:rank ?rank .
  FILTER(?rank != wikibase:DeprecatedRank)
  ?claimant p:P1902 ?claim .
  OPTIONAL { ?claimant owl:sameAs ?merged }
  BIND(COALESCE(?merged, ?claimant) AS ?item)
  OPTIONAL {
    {
      ?item wdt:P136 ?stated .
      OPTIONAL { ?stated owl:sameAs ?moved }
      BIND(COALESCE(?moved, ?stated) AS ?value)
      OPTIONAL { ?value rdfs:label ?english . FILTER(LANG(?english) = "en") }
      OPTIONAL { ?value rdfs:label ?other . FILTER(!BOUND(?english) && LANG(?other) IN ($languages)) }
      BIND(COALESCE(?english, ?other) AS ?label)
      BIND("genre" AS ?fact)
    } UNION {
      VALUES (?property ?fact) { (wdt:P495 "origin") (wdt:P27 "citizenship") }
      ?item ?property ?stated .
      OPTIONAL { ?stated owl:sameAs ?moved }
      BIND(COALESCE(?moved, ?stated) AS ?place)
      OPTIONAL { ?place wdt:P297 ?own . FILTER NOT EXISTS { ?place wdt:P576 ?ended } }
      OPTIONAL {
        ?place wdt:P17 ?state .
        ?state wdt:P297 ?outer .
        FILTER(!BOUND(?own) && NOT EXISTS { ?state wdt:P576 ?dissolved })
      }
      BIND(COALESCE(?own, ?outer) AS ?value)
    } UNION {
      ?item wdt:P434 ?value .
      BIND("musicbrainz" AS ?fact)
    } UNION {
      ?item p:P2031 ?begin .
      ?begin a wikibase:BestRank ; psv:P2031 ?time .
      ?time wikibase:timePrecision ?precision ; wikibase:timeValue ?value .
      FILTER(?precision >= 9)
      BIND("begin" AS ?fact)
    }
  }
}
"""

# The rows about one artist, as SPARQL 1.1 Query Results JSON has them.
Bindings = list[dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Wikidata:
    """Wikidata's query service. `contact` is an email address or a page of whoever runs this."""

    contact: str
    endpoint: str = ENDPOINT
    name = NAME
    # Hundreds of ids take a second or two of the sixty after which a query is stopped.
    batch = 200

    @property
    def headers(self) -> Mapping[str, str]:
        """https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy."""
        return {
            "Accept": "application/sparql-results+json",
            "User-Agent": f"SpotifyPlaylistLakehouse/0.1 ({self.contact})",
        }

    def form(self, artist_ids: Iterable[str]) -> Mapping[str, str]:
        """The fields of a POST about some artists."""
        ids = " ".join(f'"{artist_id}"' for artist_id in artist_ids if re.fullmatch(ID, artist_id))
        languages = ", ".join(f'"{language}"' for language in LANGUAGES)
        return {"query": QUERY.replace("$ids", ids).replace("$languages", languages)}

    def answers(self, body: bytes) -> Mapping[str, Bindings]:
        """The rows about each artist known to Wikidata, by Spotify id.

        Raises:
            ValueError: the body is none of the service's answers, or is cut off.
        """
        try:
            bindings = msgspec.json.decode(body, type=_Document).results.bindings
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(str(error)) from error
        by_artist: dict[str, Bindings] = {}
        for binding in bindings:
            artist_id = binding.get("spotify", {}).get("value")
            if isinstance(artist_id, str):
                by_artist.setdefault(artist_id, []).append(binding)
        return by_artist


class _Results(msgspec.Struct):
    bindings: list[dict[str, dict[str, Any]]]


class _Document(msgspec.Struct):
    results: _Results


class _Term(msgspec.Struct):
    value: str
    language: str | None = msgspec.field(name="xml:lang", default=None)


class _Row(msgspec.Struct):
    item: _Term
    fact: _Term | None = None
    value: _Term | None = None
    label: _Term | None = None


def read(answer: msgspec.Raw) -> ArtistFacts:
    """The facts in the rows about one artist; none if they are not in the form above.

    Of several items that claim an artist's id the one with the lowest number speaks, whole and alone: it is the oldest,
    and the one that a merge keeps. Of several begins the earliest counts, of several MusicBrainz ids the first in
    order. The country of origin goes before citizenship; several countries that differ are no single one, so none is
    told. Genres that have a name in none of `LANGUAGES` are left out.
    """
    try:
        rows = msgspec.json.decode(answer, type=list[_Row])
    except msgspec.MsgspecError:
        return ArtistFacts()
    items = {int(found[2]): found[1] for row in rows if (found := ENTITY.match(row.item.value)) is not None}
    if not items:
        return ArtistFacts()
    chosen = items[min(items)]
    of_item = [row for row in rows if row.item.value.endswith(f"/{chosen}")]
    years = [int(found[1]) for text in _values(of_item, "begin") if (found := YEAR.match(text)) is not None]
    ids = [text for text in _values(of_item, "musicbrainz") if MUSICBRAINZ_ID.match(text)]
    return ArtistFacts(
        genres=_genres(of_item),
        country=_country(of_item),
        active_since=min(years, default=None),
        wikidata_id=chosen,
        musicbrainz_id=min(ids, default=None),
    )


def _values(rows: Sequence[_Row], fact: str) -> list[str]:
    return [
        row.value.value for row in rows if row.value is not None and row.fact is not None and row.fact.value == fact
    ]


def _genres(rows: Sequence[_Row]) -> tuple[str, ...]:
    names: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row.fact is None or row.fact.value != "genre" or row.value is None or row.label is None:
            continue
        if row.label.language in LANGUAGES and row.label.value.strip():
            named = LANGUAGES.index(row.label.language), row.label.value
            names[row.value.value] = min(names.get(row.value.value, named), named)
    return tuple(sorted({name for _, name in names.values()}))


def _country(rows: Sequence[_Row]) -> str | None:
    for fact in ("origin", "citizenship"):
        codes = {code for code in _values(rows, fact) if COUNTRY_CODE.match(code)}
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None
