"""What objects are packed in: each way gives what was packed, within a limit, or one sentence."""

import bz2
import gzip
import io
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.transform.containers import (
    LARGEST_OBJECT_BYTES,
    MOST_FILES,
    File,
    UnreadableObject,
    decompress,
    files_in,
)
from spotify_assets_tests.support.data.builders import COMPRESSIONS, entries_of, playlist, to_json, track, zipped

BYTES = to_json(playlist("list", entries_of(track("a"), track("b"), track("c"))))


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableObject) as refusal:
        files_in(data)
    return str(refusal.value)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, bz2.compress, lzma.compress])
def test_compressed_pieces_that_follow_each_other_are_one_object(compress: Callable[[bytes], bytes]) -> None:
    assert decompress(compress(BYTES[:100]) + compress(BYTES[100:])) == BYTES


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="last byte missing"),
        pytest.param(lambda data: data[: len(data) // 2], id="half of it"),
        pytest.param(lambda data: data[:6], id="no more than a header"),
        pytest.param(lambda data: data + b"junk", id="junk behind it"),
        pytest.param(lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:], id="a flipped bit"),
    ],
)
def test_damaged_compression_is_refused(compression: str, damage: Callable[[bytes], bytes]) -> None:
    assert reason(damage(COMPRESSIONS[compression](BYTES))).startswith("damaged compression: ")


@pytest.mark.parametrize("compression", sorted(COMPRESSIONS.keys() - {"plain"}))
def test_an_object_that_unpacks_to_more_than_any_playlist_is_refused(
    compression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spotify_assets.transform.containers.LARGEST_OBJECT_BYTES", 1_000_000)
    assert reason(COMPRESSIONS[compression](b" " * 3_000_000)) == "larger than 1,000,000 bytes when decompressed"
    assert LARGEST_OBJECT_BYTES >= 10_000 * 4_000


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_bomb_is_refused_before_it_takes_much_memory(compression: str) -> None:
    bomb = COMPRESSIONS[compression](bytes(LARGEST_OBJECT_BYTES * 2))
    assert len(bomb) < LARGEST_OBJECT_BYTES // 100
    tracemalloc.start()
    try:
        assert reason(bomb).startswith("larger than ")
        assert tracemalloc.get_traced_memory()[1] < 2.5 * LARGEST_OBJECT_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("compression", sorted(COMPRESSIONS))
@pytest.mark.parametrize("limit", [len(BYTES), len(BYTES) - 1])
def test_an_object_may_be_as_large_as_the_limit_and_not_a_byte_larger(
    compression: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spotify_assets.transform.containers.LARGEST_OBJECT_BYTES", limit)
    data = COMPRESSIONS[compression](BYTES)
    if limit == len(BYTES):
        assert [file.data for file in files_in(data)] == [BYTES]
    else:
        assert reason(data).startswith("larger than")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    data=st.binary(max_size=500), inner=st.sampled_from(sorted(COMPRESSIONS)), outer=st.sampled_from(["plain", "zip"])
)
def test_what_was_packed_comes_out(data: bytes, inner: str, outer: str) -> None:
    if inner != "zip" or outer != "zip":
        with suppress(UnreadableObject):
            (file,) = files_in(COMPRESSIONS[outer](COMPRESSIONS[inner](b"{" + data)))
            assert file.data == b"{" + data


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    packed=st.sampled_from(["gzip", "zstd", "bzip2", "xz", "zip"]),
    junk=st.binary(max_size=60),
    place=st.floats(0, 1),
    cut=st.integers(0, 40),
)
def test_any_damage_is_read_over_or_one_sentence(packed: str, junk: bytes, place: float, cut: int) -> None:
    data = COMPRESSIONS[packed](b"{}" * 200)
    at = int(place * len(data))
    with suppress(UnreadableObject):
        files_in(data[:at] + junk + data[at + cut :])


def test_files_of_an_archive_come_in_its_order_without_folders_and_litter() -> None:
    data = zipped(
        **{
            "b.json": b"1",
            "folder/": b"",
            "a.json.gz": gzip.compress(b"2"),
            "__MACOSX/._a.json": b"litter",
            "folder/.DS_Store": b"litter",
            "Thumbs.db": b"litter",
        }
    )
    assert files_in(data) == [File("b.json", b"1"), File("a.json.gz", b"2")]
    assert files_in(zstandard.compress(data)) == files_in(data)


@pytest.mark.parametrize("name", ["../a.json", "a/../../b.json", "/etc/passwd", "..", "C:/a.json", "a/..\\b.json"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    assert reason(zipped(**{"a.json": b"{}", name: b"{}"})).startswith("a ZIP archive with a name that leads out of it")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (zipped(), "a ZIP archive without files that could be data"),
        (zipped(**{".DS_Store": b"x"}), "a ZIP archive without files that could be data"),
        (
            zipped(**{"a.zip": zipped(**{"b.json": b"{}"})}),
            "with another archive in it, 'a.zip': unpack it",
        ),
        (zipped(**{"a.gz": gzip.compress(zipped())}), "a ZIP archive with another archive in it"),
        (zipped(**{"[Content_Types].xml": b"<x/>"}), "a file of Excel"),
        (zipped(**{"a.json": b"{}"})[:-30], "a damaged ZIP archive: .*; land the complete file again"),
        (zipped(**{"a.gz": gzip.compress(b"{}")[:-1]}), "damaged compression: "),
    ],
    ids=["nothing", "litter", "a ZIP", "a ZIP in gzip", "Excel", "cut off", "a damaged file"],
)
def test_an_archive_that_is_not_read_says_why(data: bytes, expected: str) -> None:
    with pytest.raises(UnreadableObject, match=expected):
        files_in(data)


def test_an_encrypted_archive_is_called_so() -> None:
    data = bytearray(zipped(**{"a.json": b"{}"}))
    # The flags of the file, where it lies and in the archive's directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert reason(bytes(data)).startswith("an encrypted ZIP archive ('a.json'): unpack it")


def test_an_archive_in_a_compression_of_any_memory_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as writer:
        writer.writestr("a.json", b"{}")
    assert "in a compression that is not read: unpack it" in reason(archive.getvalue())


def test_the_limit_of_bytes_is_one_for_all_files_of_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(**{f"{number}.json": b" " * 100 for number in range(10)})
    monkeypatch.setattr("spotify_assets.transform.containers.LARGEST_OBJECT_BYTES", 1_000)
    assert len(files_in(data)) == 10
    monkeypatch.setattr("spotify_assets.transform.containers.LARGEST_OBJECT_BYTES", 999)
    assert reason(data) == "larger than 999 bytes when decompressed"


def test_an_archive_of_very_many_files_is_refused_before_its_directory_is_read() -> None:
    assert reason(b"PK\x03\x04" + b"PK\x01\x02" * (MOST_FILES + 1)).startswith("a ZIP archive of 10,001 files")
