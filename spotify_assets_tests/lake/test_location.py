"""Objects of a lake: written, read, listed, moved, deleted, in a folder and on S3 alike."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.location import Location
from spotify_assets.lake.raw import ADDRESSABLE

ODD_KEYS = [
    "a b.json",
    "a%2Fb.json",
    "100%.json",
    "a+b&c=d.json",
    "é-音-😀.json",
    "שלום.json",
    "question?mark=1.json",
    "hash#tag.json",
    "~*'()!$@,;:[]{}|^`\".json",
    "...",
    "..a/b..",
    " leading and trailing ",
]


def keys(location: Location, prefix: str) -> list[str]:
    return sorted(found.key for found in location.list(prefix))


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_of_any_spelling_are_kept(lake: Lake, key: str) -> None:
    location = lake.location
    location.write(f"from/{key}", b"content")
    assert keys(location, "from") == [found.key for found in location.list_any_key("from")] == [f"from/{key}"]
    assert location.move(f"from/{key}", f"to/{key}")
    assert location.read(f"to/{key}") == b"content"
    assert keys(location, "from") == []
    location.delete([f"to/{key}"])
    assert keys(location, "to") == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3).map("/".join))
def test_whatever_counts_as_addressable_can_be_kept(key: str) -> None:
    # A name that ends so is how the object store library calls what it has not written whole.
    if not ADDRESSABLE.match(key) or "#" in key:
        return
    with tempfile.TemporaryDirectory() as folder:
        location = Location(folder)
        location.write(f"from/{key}", b"content")
        assert [found.key for found in location.list_any_key("from")] == [f"from/{key}"]
        location.move(f"from/{key}", f"to/{key}")
        assert keys(location, "to") == [f"to/{key}"]
        assert location.read(f"to/{key}") == b"content"


def test_an_object_is_listed_with_its_size_and_time(lake: Lake) -> None:
    lake.location.write("raw/x", b"123")
    by_store, by_any_key = next(lake.location.list("raw")), next(lake.location.list_any_key("raw"))
    assert (by_store.key, by_store.size, by_store.written_at) == (
        by_any_key.key,
        by_any_key.size,
        by_any_key.written_at,
    )
    assert by_any_key.written_at.utcoffset() is not None


def test_a_listing_ends_at_the_folder(lake: Lake) -> None:
    for key in ("songs_data/a", "songs_data2/b", "songs_data/sub/c", "other"):
        lake.location.write(key, b"")
    assert keys(lake.location, "songs_data") == ["songs_data/a", "songs_data/sub/c"]


def test_what_is_not_there_is_not_there(lake: Lake) -> None:
    assert lake.location.read_if_any("nothing") is None
    with pytest.raises(FileNotFoundError):
        lake.location.read("nothing")
    assert keys(lake.location, "nothing") == [found.key for found in lake.location.list_any_key("nothing")] == []


def test_a_key_is_created_once(lake: Lake) -> None:
    assert lake.location.create("marker", b"first")
    assert not lake.location.create("marker", b"second")
    assert lake.location.read("marker") == b"first"


def test_writing_replaces_the_whole(lake: Lake) -> None:
    lake.location.write("key", b"a long content")
    lake.location.write("key", b"short")
    assert lake.location.read("key") == b"short"


@pytest.mark.parametrize("gone", [["x/1"], ["x/1", "x/2"], ["x/2", "x/1", "x/3"], []])
def test_deleting_what_is_gone_is_no_error(lake: Lake, gone: list[str]) -> None:
    lake.location.write("x/1", b"")
    lake.location.write("x/kept", b"")
    lake.location.delete(gone)
    assert "x/kept" in keys(lake.location, "x")
    assert not set(gone) & set(keys(lake.location, "x"))


def test_moving_what_another_run_has_moved_is_no_error(lake: Lake) -> None:
    lake.location.write("from", b"content")
    assert lake.location.move("from", "to")
    assert lake.location.move("from", "to")
    assert lake.location.read("to") == b"content"


def test_moving_what_is_nowhere_says_so(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"'from' is gone from .* Run the job process_raw_objects"):
        lake.location.move("from", "to")


def test_what_was_written_anew_is_not_moved(lake: Lake) -> None:
    lake.location.write("raw/from", b"as listed")
    listed = next(lake.location.list_any_key("raw"))
    lake.location.write("raw/from", b"written anew")
    assert not lake.location.move("raw/from", "raw/to", listed.etag)
    assert lake.location.read("raw/from") == b"written anew"


def test_what_is_as_listed_is_moved(lake: Lake) -> None:
    lake.location.write("raw/from", b"as listed")
    listed = next(lake.location.list_any_key("raw"))
    assert lake.location.move("raw/from", "raw/to", listed.etag)
    assert keys(lake.location, "raw") == ["raw/to"]


def test_addresses_lead_back_to_keys(lake: Lake) -> None:
    assert lake.location.key(lake.location.address("songs_data/x")) == "songs_data/x"
    assert lake.location.key("s3://another-bucket/songs_data/x") is None
    assert lake.location.key("file:///another/folder/x") is None


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [("s3://b", "b", ""), ("s3://b/", "b", ""), ("s3://b/a/c", "b", "a/c/"), ("s3://b/a/", "b", "a/")],
)
def test_a_bucket_and_a_prefix_make_an_address(url: str, bucket: str, prefix: str) -> None:
    location = Location(url)
    assert (location.bucket, location.prefix) == (bucket, prefix)
    assert location.address("x") == f"s3://{bucket}/{prefix}x"


@pytest.mark.parametrize("character", ["#", "?", "%"])
def test_a_folder_whose_tables_could_not_be_found_again_is_refused(tmp_path: Path, character: str) -> None:
    with pytest.raises(LakeError, match="Choose another LAKE_URL"):
        Location(str(tmp_path / f"lake{character}1"))


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({}, "us-east-1"),
    ],
)
def test_the_region_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], region: str
) -> None:
    monkeypatch.delenv("AWS_REGION")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Location("s3://bucket").region == region
