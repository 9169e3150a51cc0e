"""Files, folders and archives that people have: what is read of them, what is refused, and with which words."""

import bz2
import gzip
import io
import lzma
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard

from spotify_assets.capture import unpacking
from spotify_assets.capture.held_files import files_in
from spotify_assets.capture.unpacking import HeldFile, RefusedFile
from spotify_assets.charts.errors import UnreadableChart

CONTENT = b"rank,uri\n" + os.urandom(20_000)
PACKED = {
    "a.csv": CONTENT,
    "a.csv.gz": gzip.compress(CONTENT),
    "a.csv.bz2": bz2.compress(CONTENT),
    "a.csv.xz": lzma.compress(CONTENT),
    "a.csv.zst": zstandard.compress(CONTENT[:99]) + zstandard.compress(CONTENT[99:]),
}
each_packing = pytest.mark.parametrize("name", PACKED)


def to_zip(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(*paths: Path) -> dict[str, bytes]:
    """Names and bytes of what is there, or why it is refused."""
    found: dict[str, bytes] = {}
    for file in files_in(paths):
        if isinstance(file, RefusedFile):
            found[file.shown.rpartition("/")[2]] = file.reason.encode()
            continue
        with file.open() as content:
            found[file.name] = content.read()
    return found


@each_packing
def test_bytes_are_those_that_were_packed(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: PACKED[name], "in.zip": to_zip({f"folder/{name}": PACKED[name]})})
    assert read(tmp_path / name) == {"a.csv": CONTENT}
    assert read(tmp_path / "in.zip") == {"folder/a.csv": CONTENT}
    (file,) = files_in([tmp_path / name])
    assert isinstance(file, HeldFile)
    assert (file.is_named, file.shown) == (True, str(tmp_path / name))


@pytest.mark.parametrize("name", [name for name in PACKED if name != "a.csv"])
def test_what_is_cut_off_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: PACKED[name][:-9]})
    with pytest.raises(UnreadableChart, match="damaged or truncated"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.xz", "a.csv.zst"])
def test_what_follows_a_packed_file_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: PACKED[name] + b"something else"})
    with pytest.raises(UnreadableChart, match="damaged or truncated"):
        read(tmp_path / name)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_bomb_is_told_as_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(unpacking, "ANY_RATIO_BYTES", 1 << 20)
    write(tmp_path, {"a.csv": pack(bytes(2 << 20))})
    with pytest.raises(UnreadableChart, match="unpacks to more than 100 times its size"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (to_zip({"a.csv": CONTENT})[:-30], "truncated"),
        (to_zip({"a.csv": bytes(65 << 20)}), "unpacks to more than 100 times its size"),
        (to_zip({"../a.csv": CONTENT}), "points outside the archive"),
        (to_zip({"/etc/a.csv": CONTENT}), "points outside the archive"),
        (to_zip({"Streaming_History_Audio_2020.json": b"[]"}), "what one person played"),
        (to_zip({"a.csv": CONTENT}).replace(b"\0\0\x08\0", b"\x01\0\x08\0"), "encrypted"),
        (to_zip({"a.csv": CONTENT}).replace(b"\0\0\x08\0", b"\0\0\x0e\0"), "unsupported compression"),
    ],
)
def test_archives_that_are_not_read_say_why(tmp_path: Path, archive: bytes, reason: str) -> None:
    write(tmp_path, {"a.zip": archive})
    (refused,) = files_in([tmp_path / "a.zip"])
    assert isinstance(refused, RefusedFile)
    assert reason in refused.reason


def test_an_archive_says_how_many_files_it_has_before_they_are_listed(tmp_path: Path) -> None:
    archive = bytearray(to_zip({"a.csv": CONTENT}))
    struct.pack_into("<H", archive, len(archive) - 22 + 10, 0xFFFF)
    write(tmp_path, {"a.zip": bytes(archive)})
    assert b"more than 65,534 files" in read(tmp_path / "a.zip")["a.zip"]


@pytest.mark.parametrize("outer", [to_zip, lambda files: gzip.compress(files["in.zip"])])
def test_an_archive_in_another_file_is_refused(tmp_path: Path, outer: Callable[[Mapping[str, bytes]], bytes]) -> None:
    write(tmp_path, {"out": outer({"in.zip": to_zip({"a.csv": CONTENT})})})
    with pytest.raises(UnreadableChart, match="an archive inside another file"):
        read(tmp_path / "out")


def test_a_damaged_file_of_an_archive_takes_no_other_with_it(tmp_path: Path) -> None:
    archive = bytearray(to_zip({"a.csv": CONTENT, "b.csv": CONTENT}))
    archive[60] ^= 1
    write(tmp_path, {"a.zip": bytes(archive)})
    found: list[str] = []
    for file in files_in([tmp_path / "a.zip"]):
        assert isinstance(file, HeldFile)
        try:
            with file.open() as content:
                content.read()
            found.append(file.name)
        except UnreadableChart as error:
            found.append(str(error)[:7])
    assert found == ["damaged", "b.csv"]


def test_a_folder_is_read_in_order_without_what_systems_leave(tmp_path: Path) -> None:
    files = {"b.csv": b"2", "a/c.csv": b"1", ".git/x.csv": b"-", ".DS_Store": b"-", "d.csv.part": b"-", "é.csv": b"3"}
    write(tmp_path, files)
    write(tmp_path, {"zip.zip": to_zip({"in.csv": b"4", "__MACOSX/in.csv": b"-"})})

    assert list(read(tmp_path)) == ["b.csv", "in.csv", "é.csv", "a/c.csv"]


def test_a_persons_listening_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = write(tmp_path, {"endsong_3.json": b"[]"}) / "endsong_3.json"
    path.chmod(0)
    assert b"what one person played" in read(path)["endsong_3.json"]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "nothing", tmp_path / "pipe") == {
        "nothing": b"no such file or folder",
        "pipe": b"neither a file nor a folder",
    }


def test_a_name_that_is_no_text_can_be_told(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv")).write_bytes(b"1")
    assert read(tmp_path) == {"?.csv": b"1"}
