"""The fake's answers are what Spotify's published OpenAPI document says, in both generations.

Set SPOTIFY_OPENAPI to a copy of official-spotify-open-api.yml from https://github.com/sonallux/spotify-web-api.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from openapi_schema_validator import OAS30Validator

from spotify_assets_tests.support.spotify.fake import Generation, fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

PLAYLIST = "6UeSakyzhiEt4NB3UAd6NQ"
# In the answers of the real API, but never in its document.
UNDOCUMENTED = {"primary_color", "video_thumbnail", "followers", "episode", "track"}
# Which the API leaves out where there is nothing to say.
OPTIONAL = {"linked_from", "restrictions", "is_playable", "account_id", "ean", "upc"}
# Which the document still asks for and the API of 2026 does not give, by the migration guide.
GONE = {"available_markets", "external_ids", "publisher"}
# Deprecated, and answered all the same; `track` also is a flag of a song.
DEPRECATED = {"genres", "preview_url", "track"}


@pytest.fixture(scope="module")
def document() -> Any:
    path = os.environ.get("SPOTIFY_OPENAPI")
    if not path:
        pytest.skip("SPOTIFY_OPENAPI names no copy of Spotify's OpenAPI document")
    return yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def of_generation(node: Any, is_old: bool) -> Any:
    """The document for one generation; without discriminators, which name schemas that the document calls otherwise."""
    if isinstance(node, list):
        return [of_generation(element, is_old) for element in node]
    if not isinstance(node, dict):
        return node
    kept = {key: of_generation(value, is_old) for key, value in node.items() if key != "discriminator"}
    if isinstance(kept.get("required"), list) and not is_old:
        kept["required"] = [name for name in kept["required"] if name not in GONE]
    return kept


def resolved(document: Any, schema: Any) -> dict[str, Any]:
    """A schema with what it refers to, and all parts of an `allOf`, in one."""
    while "$ref" in schema:
        node = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        schema = {**node, **{key: value for key, value in schema.items() if key != "$ref"}}
    properties: dict[str, Any] = {}
    for part in schema.get("allOf", []):
        properties.update(resolved(document, part).get("properties", {}))
    return {**schema, "properties": {**properties, **schema.get("properties", {})}}


def differences(document: Any, schema: Any, value: Any, path: str, is_old: bool) -> Iterator[str]:
    """Fields that one of answer and document has and the other has not; deprecated ones belong to the old API."""
    schema = resolved(document, schema)
    if isinstance(value, list):
        for element in value:
            yield from differences(document, schema.get("items", {}), element, f"{path}[]", is_old)
    elif isinstance(value, Mapping):
        if "oneOf" in schema:
            schema = resolved(document, schema["oneOf"][value["type"] == "episode"])
        for name in value.keys() - schema["properties"].keys() - UNDOCUMENTED:
            yield f"{path}.{name}: the document has no such field"
        for name, reference in schema["properties"].items():
            part = resolved(document, reference)
            if name in value:
                yield from differences(document, part, value[name], f"{path}.{name}", is_old)
                if part.get("deprecated") and not is_old and name not in DEPRECATED:
                    yield f"{path}.{name}: is deprecated"
            elif not part.get("deprecated") and name not in OPTIONAL | ({"items", "item"} if is_old else GONE):
                yield f"{path}.{name}: is missing"


def assert_conforms(document: Any, endpoint: str, response: requests.Response, is_old: bool) -> None:
    document = of_generation(document, is_old)
    answers = document["paths"][endpoint]["get"]["responses"]
    answer = resolved(document, answers[str(response.status_code)])
    schema = answer["content"]["application/json"]["schema"]
    # References lead from the root of a schema.
    validator = OAS30Validator({**schema, "components": document["components"]})
    errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(response.json())]
    errors += differences(document, schema, response.json(), "$", is_old)
    assert not errors, "\n".join(sorted(set(errors))[:20])


def ask(fake: FakeSpotify, path: str, bearer: str | None = None) -> requests.Response:
    if bearer is None:
        form = {"grant_type": "refresh_token", "refresh_token": fake.refresh_token, "client_id": fake.client_id}
        bearer = requests.post(f"{fake.url}/api/token", data=form, timeout=60).json()["access_token"]
    return requests.get(f"{fake.url}/v1/{path}", headers={"Authorization": f"Bearer {bearer}"}, timeout=60)


@pytest.mark.parametrize("generation", ["development", "extended"])
def test_answers_are_as_the_document_says(document: Any, generation: Generation) -> None:
    is_old = generation == "extended"
    name, item = ("tracks", "track") if is_old else ("items", "item")
    with fake_spotify(generation) as fake:
        fake.add_playlist(PLAYLIST, songs=120)
        fake.add_playlist("0" * 22, songs=3, owner="someone-else")
        playlist = ask(fake, f"playlists/{PLAYLIST}")
        assert_conforms(document, "/playlists/{playlist_id}", playlist, is_old)
        page = ask(fake, f"playlists/{PLAYLIST}/{name}?limit=50&offset=50")
        assert page.json()["previous"]
        assert_conforms(document, f"/playlists/{{playlist_id}}/{name}", page, is_old)
        artist_id = page.json()["items"][0][item]["artists"][0]["id"]
        assert_conforms(document, "/artists/{id}", ask(fake, f"artists/{artist_id}"), is_old)
        assert_conforms(document, "/artists", ask(fake, f"artists?ids={artist_id}"), is_old)
        assert_conforms(document, "/me", ask(fake, "me"), is_old)


def test_errors_are_as_the_document_says(document: Any) -> None:
    with fake_spotify("development") as fake:
        fake.add_playlist("0" * 22, songs=3, owner="someone-else")
        refused = ask(fake, f"playlists/{'0' * 22}/items")
        unknown = ask(fake, "artists/" + "0" * 22, bearer="unknown")
        fake.limit(requests=0, seconds=1, retry_after=1)
        limited = ask(fake, "me")
        assert [answer.status_code for answer in (refused, unknown, limited)] == [403, 401, 429]
        assert_conforms(document, "/playlists/{playlist_id}/items", refused, is_old=False)
        assert_conforms(document, "/artists/{id}", unknown, is_old=False)
        assert_conforms(document, "/me", limited, is_old=False)
