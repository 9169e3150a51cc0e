"""Objects of a lake: written, read, listed, moved, deleted, in a folder and on S3 alike."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw_keys import ADDRESSABLE
from spotify_assets.lake.storage import Storage
from spotify_assets_tests.conftest import IN_A_FOLDER

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


def keys(storage: Storage, prefix: str) -> list[str]:
    return sorted(found.key for found in storage.list(prefix))


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_of_any_spelling_are_kept(lake: Lake, key: str) -> None:
    storage = lake.storage
    storage.write(f"from/{key}", b"content")
    assert keys(storage, "from") == [found.key for found in storage.list_any_key("from")] == [f"from/{key}"]
    assert storage.move(f"from/{key}", f"to/{key}")
    assert storage.read(f"to/{key}") == b"content"
    assert keys(storage, "from") == []
    storage.delete([f"to/{key}"])
    assert keys(storage, "to") == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3).map("/".join))
def test_whatever_counts_as_addressable_can_be_kept(key: str) -> None:
    # A name that ends so is how the object store library calls what it has not written whole.
    if not ADDRESSABLE.match(key) or "#" in key:
        return
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(folder)
        storage.write(f"from/{key}", b"content")
        assert [found.key for found in storage.list_any_key("from")] == [f"from/{key}"]
        storage.move(f"from/{key}", f"to/{key}")
        assert keys(storage, "to") == [f"to/{key}"]
        assert storage.read(f"to/{key}") == b"content"


def test_an_object_is_listed_with_its_size_and_time(lake: Lake) -> None:
    lake.storage.write("raw/x", b"123")
    by_store, by_any_key = next(lake.storage.list("raw")), next(lake.storage.list_any_key("raw"))
    assert (by_store.key, by_store.size, by_store.written_at) == (
        by_any_key.key,
        by_any_key.size,
        by_any_key.written_at,
    )
    assert by_any_key.written_at.utcoffset() is not None


def test_a_listing_ends_at_the_folder(lake: Lake) -> None:
    for key in ("songs_data/a", "songs_data2/b", "songs_data/sub/c", "other"):
        lake.storage.write(key, b"")
    assert keys(lake.storage, "songs_data") == ["songs_data/a", "songs_data/sub/c"]


def test_a_level_is_what_lies_right_under_a_prefix(lake: Lake) -> None:
    for key in ("raw/x", "raw/a/1", "raw/a/b/2", "raw/ c é/3", "rawer/y", "raw.json"):
        lake.storage.write(key, b"123")
    objects, folders = lake.storage.level("raw")
    assert [(found.key, found.size) for found in objects] == [("raw/x", 3)]
    assert sorted(folders) == [" c é", "a"]
    assert lake.storage.level("nothing") == ([], [])


def test_folders_are_those_that_have_objects_at_whatever_depth(lake: Lake) -> None:
    for key in ("zone/a/1.json", "zone/b/c/2.json", "zone/3.json", "zoned/d/4.json"):
        lake.storage.write(key, b"1")
    lake.storage.write("zone/gone/5.json", b"1")
    lake.storage.delete(["zone/gone/5.json"])
    assert lake.storage.folders("zone") == {"a", "b"}
    assert lake.storage.folders("nowhere") == set()


@IN_A_FOLDER
def test_a_level_has_no_links_to_folders_as_no_listing_has(lake: Lake) -> None:
    lake.storage.write("raw/a/1", b"")
    (lake.storage.folder / "raw" / "link").symlink_to(lake.storage.folder / "raw" / "a")
    (lake.storage.folder / "raw" / "x.json#1").write_bytes(b"half")
    assert lake.storage.level("raw") == ([], ["a"])
    assert [found.key for found in lake.storage.list_any_key("raw")] == ["raw/a/1"]


def test_what_is_not_there_is_not_there(lake: Lake) -> None:
    assert lake.storage.read_if_any("nothing") is None
    with pytest.raises(FileNotFoundError):
        lake.storage.read("nothing")
    assert keys(lake.storage, "nothing") == [found.key for found in lake.storage.list_any_key("nothing")] == []


def test_a_key_is_created_once(lake: Lake) -> None:
    assert lake.storage.create("marker", b"first")
    assert not lake.storage.create("marker", b"second")
    assert lake.storage.read("marker") == b"first"


def test_writing_replaces_the_whole(lake: Lake) -> None:
    lake.storage.write("key", b"a long content")
    lake.storage.write("key", b"short")
    assert lake.storage.read("key") == b"short"


@pytest.mark.parametrize("gone", [["x/1"], ["x/1", "x/2"], ["x/2", "x/1", "x/3"], []])
def test_deleting_what_is_gone_is_no_error(lake: Lake, gone: list[str]) -> None:
    lake.storage.write("x/1", b"")
    lake.storage.write("x/kept", b"")
    lake.storage.delete(gone)
    assert "x/kept" in keys(lake.storage, "x")
    assert not set(gone) & set(keys(lake.storage, "x"))


def test_moving_what_another_run_has_moved_is_no_error(lake: Lake) -> None:
    lake.storage.write("from", b"content")
    assert lake.storage.move("from", "to")
    assert lake.storage.move("from", "to")
    assert lake.storage.read("to") == b"content"


def test_moving_what_is_nowhere_says_so(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"'from' is gone from .* Run the job process_raw_objects"):
        lake.storage.move("from", "to")


def test_what_was_written_anew_is_not_moved(lake: Lake) -> None:
    lake.storage.write("raw/from", b"as listed")
    listed = next(lake.storage.list_any_key("raw"))
    lake.storage.write("raw/from", b"written anew")
    assert not lake.storage.move("raw/from", "raw/to", listed.etag)
    assert lake.storage.read("raw/from") == b"written anew"


def test_what_is_as_listed_is_moved(lake: Lake) -> None:
    lake.storage.write("raw/from", b"as listed")
    listed = next(lake.storage.list_any_key("raw"))
    assert lake.storage.move("raw/from", "raw/to", listed.etag)
    assert keys(lake.storage, "raw") == ["raw/to"]


def test_addresses_lead_back_to_keys(lake: Lake) -> None:
    assert lake.storage.key(lake.storage.address("songs_data/x")) == "songs_data/x"
    assert lake.storage.key("s3://another-bucket/songs_data/x") is None
    assert lake.storage.key("file:///another/folder/x") is None


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [("s3://b", "b", ""), ("s3://b/", "b", ""), ("s3://b/a/c", "b", "a/c/"), ("s3://b/a/", "b", "a/")],
)
def test_a_bucket_and_a_prefix_make_an_address(url: str, bucket: str, prefix: str) -> None:
    storage = Storage(url)
    assert (storage.bucket, storage.prefix) == (bucket, prefix)
    assert storage.address("x") == f"s3://{bucket}/{prefix}x"


@pytest.mark.parametrize("character", ["#", "?", "%"])
def test_a_folder_whose_tables_could_not_be_found_again_is_refused(tmp_path: Path, character: str) -> None:
    with pytest.raises(LakeError, match="Choose another LAKE_URL"):
        Storage(str(tmp_path / f"lake{character}1"))


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
    assert Storage("s3://bucket").region == region


@IN_A_FOLDER
def test_what_is_half_written_may_be_removed_by_two_at_once(lake: Lake) -> None:
    (lake.storage.folder / "raw").mkdir(parents=True)
    (lake.storage.folder / "raw/x#1").write_bytes(b"half")
    [found] = lake.storage.half_written("raw")
    lake.storage.remove_half_written(found)
    lake.storage.remove_half_written(found)
    assert list(lake.storage.half_written("raw")) == []
