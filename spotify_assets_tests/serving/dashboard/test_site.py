"""The files of the page as a folder, in both homes: what is written again, what is removed, and when."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from os import utime

import pytest

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.folder import write_folder
from spotify_assets.serving.dashboard.pieces import Piece, packed
from spotify_assets.serving.dashboard.site import KEPT_FOR, UNNAMED, Site
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.dashboard_folders import HistoryInFrames
from spotify_assets_tests.support.data.dashboard_pages import Tables
from spotify_assets_tests.support.data.two_weeks import LAST

ONE, TWO, THREE = (packed({"number": number}) for number in range(3))
LONG_AGO = datetime.now(UTC) - KEPT_FOR - timedelta(hours=1)
# Where tests are about requests, the charting library is of no matter.
LIBRARY = "window.vegaEmbed = null;"


def site_of(lake: Lake) -> Storage:
    """A place of its own in a lake's folder or bucket."""
    return Storage(f"{lake.settings.lake_url}/site", lake.storage.endpoint_url)


def write(target: Storage, *pieces: Piece) -> None:
    site = Site(target)
    for piece in pieces:
        site.write(piece)
    site.finish(b" ".join(piece.name.encode() for piece in pieces))


def keys(target: Storage) -> set[str]:
    return {found.key for found in target.list("pieces") if found.key != UNNAMED}


def key(piece: Piece) -> str:
    return f"pieces/{piece.name}.piece"


def times(target: Storage) -> dict[str, datetime]:
    return {found.key: found.written_at for found in target.list("")}


def let_a_day_pass(target: Storage) -> None:
    """Files and notes are as they would be a day later."""
    noted = {key: LONG_AGO.isoformat() for key in json.loads(target.read(UNNAMED))}
    target.write(UNNAMED, json.dumps(noted).encode())
    for file in (target.folder / "pieces").iterdir():
        utime(file, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def test_a_piece_is_written_once_and_removed_a_day_after_the_last_page_that_named_it(lake: Lake) -> None:
    target = site_of(lake)
    write(target, ONE, TWO)
    first = times(target)
    assert keys(target) == {key(ONE), key(TWO)}
    write(target, ONE, TWO)
    assert times(target) == first
    write(target, ONE, THREE)
    assert target.read("index.html").decode().split() == [ONE.name, THREE.name]
    assert keys(target) == {key(ONE), key(TWO), key(THREE)}
    assert list(json.loads(target.read(UNNAMED))) == [key(TWO)]
    # A page that names it again takes it from those that are to go.
    write(target, TWO)
    assert list(json.loads(target.read(UNNAMED))) == sorted([key(ONE), key(THREE)])


@IN_A_FOLDER
def test_old_pieces_go_and_nothing_else_does(lake: Lake) -> None:
    target = site_of(lake)
    target.write("pieces/notes.txt", b"a stranger's")
    write(target, ONE, TWO)
    # However long ago it was written: since when no page names it is what counts.
    file = target.folder / key(TWO)
    utime(file, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    write(target, ONE)
    assert key(TWO) in keys(target)
    let_a_day_pass(target)
    write(target, ONE)
    assert keys(target) == {key(ONE), "pieces/notes.txt"}
    assert json.loads(target.read(UNNAMED)) == {}


@IN_A_FOLDER
def test_a_damaged_piece_is_written_again_and_a_damaged_note_keeps_all_for_a_day(lake: Lake) -> None:
    target = site_of(lake)
    write(target, ONE, TWO)
    target.write(key(ONE), ONE.content[:-9])
    target.write(UNNAMED, b"{")
    write(target, ONE)
    assert target.read(key(ONE)) == ONE.content
    assert key(TWO) in keys(target)
    assert list(json.loads(target.read(UNNAMED))) == [key(TWO)]


@IN_A_FOLDER
def test_an_interrupted_write_leaves_the_page_before_it_usable(lake: Lake) -> None:
    target = site_of(lake)
    write(target, ONE, TWO)
    before = target.read("index.html")
    interrupted = Site(target)
    interrupted.write(THREE)
    assert target.read("index.html") == before
    assert {key(ONE), key(TWO)} < keys(target)
    # What it left is no page's, and goes as all else that is not named.
    write(target, ONE)
    assert list(json.loads(target.read(UNNAMED))) == sorted([key(TWO), key(THREE)])
    let_a_day_pass(target)
    # Nothing is removed where the page cannot be written.
    (target.folder / "index.html").unlink()
    (target.folder / "index.html").mkdir()
    with pytest.raises(LakeError):
        write(target, TWO)
    assert keys(target) == {key(ONE), key(TWO), key(THREE)}


@ON_S3
def test_requests_of_a_page_in_a_bucket(moto_aws: MotoAws, lake: Lake, year_tables: Tables) -> None:
    target = site_of(lake)

    def requests(tables: Tables) -> tuple[int, Counter[str]]:
        before = moto_aws.kinds()
        written = write_folder(HistoryInFrames(tables), target, LIBRARY)
        sent: Counter[str] = Counter()
        for (_, kind), times in (moto_aws.kinds() - before).items():
            sent[kind] += times
        return written.pieces, sent

    pieces, sent = requests(year_tables)
    assert sent == {"LIST": 1, "GET": 2, "PUT": pieces + 1}
    again, sent = requests(year_tables)
    assert (again, sent) == (pieces, {"LIST": 1, "GET": 2})
    # Of a day more, what is about its month, where subjects are, and names: those of the months before stay.
    shorter = {name: frame.filter(frame["snapshot_date"] < LAST) for name, frame in year_tables.items()}
    before = keys(target)
    _, sent = requests(shorter)
    new = len(keys(target) - before)
    assert sent == {"LIST": 1, "GET": 2, "PUT": new + 2}
    assert 0 < new < pieces


@ON_S3
def test_what_browsers_and_caches_are_told(moto_aws: MotoAws, lake: Lake) -> None:
    target = site_of(lake)
    write(target, ONE)

    def headers(of: str) -> tuple[str, str, bool]:
        key = f"{target.prefix}{of}"
        found = aws_client("s3", moto_aws.endpoint).head_object(Bucket=target.bucket, Key=key)
        return found["ContentType"], found["CacheControl"], "ContentEncoding" in found

    assert headers("index.html") == ("text/html; charset=utf-8", "no-cache", False)
    # The page unpacks them itself: a browser that did so first would be one time too many.
    assert headers(key(ONE)) == ("application/octet-stream", "public, max-age=31536000, immutable", False)
