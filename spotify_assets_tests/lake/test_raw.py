"""The raw zone: filing under a day, names that last, moving on, and setting aside what cannot be filed."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError, TooLarge
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import Misfiled, RawEntry, file_entry, own_name
from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import decode_object
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake, aws_client
from spotify_assets_tests.support.aws.lossy_proxy import proxy_to
from spotify_assets_tests.support.data.builders import entries_of, page, to_json, track
from spotify_assets_tests.support.data.small_days import CHART, DAY, NEXT, capture, frames_of
from spotify_assets_tests.support.processes.at_once import at_once

WAITING, PROCESSED, QUARANTINE = "raw/to_be_processed", "raw/processed", "raw/quarantine"
LAST = date(2026, 12, 31)
LANDED = datetime(2026, 3, 5, 23, 59, 59, 123456, tzinfo=UTC)
LANDING = "landed_at=20260305T235959123456Z"
OWN = f"snapshot_date=2026-03-01/playlist-{CHART}-20260301T063000Z.json.zst"


def stored(name: str, written_at: datetime = LANDED) -> StoredObject:
    return StoredObject(f"{WAITING}/{name}", 1, "etag", written_at)


def filed(name: str) -> RawEntry | Misfiled:
    return file_entry(stored(name), LAST)


def land(lake: Lake, name: str, data: bytes = b"{}") -> None:
    """Lands an object under any key whatever, as another program would."""
    key = f"{WAITING}/{name}"
    if lake.storage.is_s3:
        client = aws_client("s3", lake.settings.aws_endpoint_url or "")
        client.put_object(Bucket=lake.storage.bucket, Key=f"{lake.storage.prefix}{key}", Body=data)
        return
    path = lake.storage.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def keys(lake: Lake, prefix: str) -> list[str]:
    return sorted(found.key.removeprefix(f"{prefix}/") for found in lake.storage.list_any_key(prefix))


def entries(lake: Lake, day: date = DAY) -> list[RawEntry]:
    return lake.raw.objects_of([day])[day]


def contents(lake: Lake, of: list[RawEntry]) -> list[bytes]:
    return [raw.data for raw in lake.raw.read(of)]


def chart_page(*songs: str) -> bytes:
    return to_json(page("Chart", entries_of(*map(track, songs))))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        (OWN, DAY),
        ("snapshot_date=2026-03-02/anything.json", NEXT),
        ("spotify/snapshot_date=2026-03-02/2026_03_02.json", NEXT),
        ("top50_2026-03-02.json.gz", NEXT),
        ("2026-03-02/top50.json", NEXT),
        ("2026-03-02T06-00-00Z.json", NEXT),
        ("snapshot_date=2026-03-02.json", NEXT),
        ("spotify_raw_1772409600.json", LANDED.date()),
        ("12026-03-02.json", LANDED.date()),
        ("top50.json", LANDED.date()),
    ],
)
def test_an_object_is_filed_under_the_day_its_key_states_or_else_its_landing(name: str, day: date) -> None:
    entry = filed(name)
    assert isinstance(entry, RawEntry)
    assert entry.snapshot_date == day
    assert entry.name == (name if name == OWN else f"snapshot_date={day}/{LANDING}/{name}")
    assert entry.landed_at == LANDED
    assert entry.is_waiting


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a//b.json", "cannot be addressed"),
        ("../up.json", "cannot be addressed"),
        ("x/../../y.json", "cannot be addressed"),
        ("./dot.json", "cannot be addressed"),
        ("x/.", "cannot be addressed"),
        ("a\\b.json", "cannot be addressed"),
        ("tab\t.json", "cannot be addressed"),
        ("nul\x00.json", "cannot be addressed"),
        ("line\n.json", "cannot be addressed"),
        ("line at the end\n", "cannot be addressed"),
        (f"{OWN}\n", "cannot be addressed"),
        ("invalid-\udcff-utf8.json", "cannot be addressed"),
        ("snapshot_date=yesterday/x.json", "'yesterday' in its key is not a date"),
        ("snapshot_date=/x.json", "'' in its key is not a date"),
        ("snapshot_date=2026-02-30/x.json", "'2026-02-30' in its key is not a date"),
        ("chart-1999-13-45.json", "'1999-13-45' in its key is not a date"),
        ("snapshot_date=2026-03-02/2026-03-09.json", "are different days"),
        ("1999-12-31.json", "1999-12-31 is before there was Spotify"),
        ("2008-09-30.json", "2008-09-30 is before there was Spotify"),
        ("snapshot_date=2027-01-01/x.json", "2027-01-01 is in the future"),
        ("x" * 241, "too long"),
        ("/".join(["é" * 100] * 5), "too long"),
        ("/".join([*["x" * 200] * 3, "x" * 198]), "too long"),
        ("chart.reason.json", "ends in .reason.json"),
    ],
)
def test_an_object_that_cannot_be_filed_says_why(name: str, reason: str) -> None:
    misfiled = filed(name)
    assert isinstance(misfiled, Misfiled)
    assert misfiled.key == f"{WAITING}/{name}"
    assert reason in misfiled.reason


ANY_NAME = st.one_of(
    st.text(min_size=1, max_size=40),
    st.lists(
        st.sampled_from(["snapshot_date=2026-03-01", "2026-03-01", "..", "", "x.json", OWN, LANDING, "é"]),
        min_size=1,
        max_size=4,
    ).map("/".join),
)


@given(ANY_NAME)
def test_any_key_is_filed_or_misfiled(name: str) -> None:
    entry = filed(name)
    if isinstance(entry, RawEntry):
        assert entry.name.startswith(f"snapshot_date={entry.snapshot_date}/")
        assert ".." not in entry.name.split("/")


@given(st.lists(ANY_NAME, min_size=2, max_size=6, unique=True))
def test_different_objects_never_share_a_name(names: list[str]) -> None:
    of_entries = [entry.name for entry in map(filed, names) if isinstance(entry, RawEntry)]
    assert len(set(of_entries)) == len(of_entries)


def test_own_names_are_recognised() -> None:
    assert own_name(f"playlist-{CHART}", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)) == OWN
    assert isinstance(filed(own_name("artists", LANDED)), RawEntry)


@ON_S3
@pytest.mark.parametrize("odd", ["a//b.json", "../x.json", "a/./b.json", "tab\tname.json", "/", "\\"])
def test_odd_keys_of_strangers_stop_nothing(lake: Lake, odd: str) -> None:
    at = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    lake.raw.land(own_name("artists", at), {"artists": []})
    client = aws_client("s3", lake.settings.aws_endpoint_url or "")
    for zone in (WAITING, PROCESSED, QUARANTINE):
        key = f"{lake.storage.prefix}{zone}/snapshot_date={DAY}/{odd}"
        client.put_object(Bucket=lake.storage.bucket, Key=key, Body=b"{}")
    assert [found.kind for found in lake.raw.captures(DAY)] == ["artists"]
    assert lake.raw.latest("artists", DAY, days=0) is not None
    assert [entry.name for entry in lake.raw.seen_of([DAY])[DAY]] == [own_name("artists", at)]
    assert lake.raw.quarantined(DAY) == []
    assert [entry.name for entry in entries(lake)] == [own_name("artists", at)]


@pytest.mark.parametrize(
    "litter",
    [
        "_SUCCESS",
        "_temporary/0/part-0.json",
        ".DS_Store",
        "._chart.json",
        ".chart.json.Xa81Kd",
        ".git/HEAD",
        "chart.json~",
        "#chart.json#",
        "~$chart.json",
        ".chart.json.swp",
        "chart.json.tmp",
        "chart.json.part",
        "chart.json.crdownload",
        "desktop.ini",
        "Thumbs.db",
        "__MACOSX/chart.json",
    ],
)
@IN_A_FOLDER
def test_markers_and_litter_are_no_data(lake: Lake, litter: str) -> None:
    for key in (litter, f"snapshot_date={DAY}/{litter}"):
        land(lake, key, b"x")
    land(lake, f"snapshot_date={DAY}/part-0_tmp.json")
    assert [entry.name.rsplit("/", 1)[1] for entry in entries(lake)] == ["part-0_tmp.json"]
    # They are somebody's, and stay.
    assert lake.storage.exists(f"{WAITING}/snapshot_date={DAY}/{litter}")


def test_a_captured_document_lands_under_its_day(lake: Lake) -> None:
    key = capture(lake, DAY, ["A"])
    assert [entry.key for entry in entries(lake)] == [key]
    capture(lake, DAY, ["A"])
    assert len(entries(lake)) == 1
    assert entries(lake, NEXT) == []


@pytest.mark.parametrize("name", ["chart-2026-03-01.json", "a b%2F2026-03-01 é😀.json", "snapshot_date=2026-03-01/x"])
def test_a_foreign_object_gives_the_same_rows_before_and_after_it_is_processed(lake: Lake, name: str) -> None:
    land(lake, name, chart_page("A", "B"))
    before, rows_before = entries(lake), frames_of(lake, DAY)
    assert rows_before["songs"].height == 2
    assert lake.raw.file_as_processed(before) == 1
    after, rows_after = entries(lake), frames_of(lake, DAY)
    assert keys(lake, WAITING) == []
    assert [(entry.name, entry.landed_at, entry.size) for entry in after] == [
        (entry.name, entry.landed_at, entry.size) for entry in before
    ]
    assert all(rows_after[table].equals(frame) for table, frame in rows_before.items())


def test_a_captured_object_gives_the_same_rows_before_and_after_it_is_processed(lake: Lake) -> None:
    capture(lake, DAY, ["A", "B"])
    before, rows_before = entries(lake), frames_of(lake, DAY)
    lake.raw.file_as_processed(before)
    after, rows_after = entries(lake), frames_of(lake, DAY)
    assert [(entry.name, entry.is_waiting) for entry in (*before, *after)] == [
        (before[0].name, True),
        (before[0].name, False),
    ]
    assert all(rows_after[table].equals(frame) for table, frame in rows_before.items())


def test_the_same_key_landing_again_with_other_content_is_a_second_object(lake: Lake) -> None:
    # What was filed at an earlier moment; two landings within a test may fall into the same second, S3's unit.
    lake.storage.write(f"{PROCESSED}/snapshot_date=2026-03-01/{LANDING}/2026-03-01.json", b"first")
    land(lake, "2026-03-01.json", b"second")
    assert sorted(contents(lake, entries(lake))) == [b"first", b"second"]
    lake.raw.file_as_processed(entries(lake))
    assert sorted(contents(lake, entries(lake))) == [b"first", b"second"]
    assert [entry.is_waiting for entry in entries(lake)] == [False, False]


def test_what_lands_again_while_the_first_is_published_waits_for_its_turn(lake: Lake) -> None:
    land(lake, "2026-03-01.json", b"first")
    listed = entries(lake)
    land(lake, "2026-03-01.json", b"second")
    assert lake.raw.file_as_processed(listed) == 0
    assert [entry.is_waiting for entry in entries(lake)][-1:] == [True]
    assert contents(lake, entries(lake)[-1:]) == [b"second"]


def test_what_lands_again_while_the_first_is_quarantined_waits_for_its_turn(lake: Lake) -> None:
    land(lake, "2026-03-01.json", b"broken")
    listed = entries(lake)
    land(lake, "2026-03-01.json", b"whole")
    lake.raw.quarantine(listed[0], "broken")
    assert lake.raw.quarantined(DAY) == []
    assert contents(lake, entries(lake)[-1:]) == [b"whole"]


def test_two_runs_move_the_same_objects_once(open_lake: OpenLake) -> None:
    lakes = [open_lake(), open_lake()]
    for number in range(20):
        land(lakes[0], f"2026-03-01-{number:02d}.json", b"%d" % number)
    listed = entries(lakes[0])
    assert at_once(*(partial(lake.raw.file_as_processed, listed) for lake in lakes)) == [20, 20]
    assert keys(lakes[0], WAITING) == []
    assert contents(lakes[0], entries(lakes[0])) == [b"%d" % number for number in range(20)]


def test_an_object_in_both_zones_counts_once_and_moves_on(lake: Lake) -> None:
    """As S3 leaves it when a run ends between copying and deleting."""
    land(lake, OWN, b"content")
    lake.storage.write(f"{PROCESSED}/{OWN}", b"content")
    both = entries(lake)
    assert [entry.name for entry in both] == [OWN]
    lake.raw.file_as_processed(both)
    assert keys(lake, WAITING) == []
    assert contents(lake, entries(lake)) == [b"content"]


def test_an_object_that_another_run_moved_meanwhile_is_read_where_it_is(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    listed = entries(lake)
    before = contents(lake, listed)
    lake.raw.file_as_processed(listed)
    assert contents(lake, listed) == before


@ON_S3
def test_an_object_that_another_run_moves_while_zones_are_listed_is_found(lake: Lake, lake_settings: Settings) -> None:
    """Whichever listing the move comes after: a day must not be built without one of its objects."""
    capture(lake, DAY, ["A"])
    [waiting] = entries(lake)
    listings = Counter[str]()
    with proxy_to(urlsplit(lake_settings.aws_endpoint_url or "").port or 0) as proxy:

        def move(request: str) -> bool:
            if "list-type" in request:
                listings["all"] += 1
                if listings["all"] == after:
                    lake.raw.file_as_processed([waiting])
            return False

        proxy.lose_answer = move
        through = Lake(lake_settings.model_copy(update={"aws_endpoint_url": proxy.endpoint}))
        for after in (1, 2, 3):
            listings.clear()
            lake.storage.move(f"{PROCESSED}/{waiting.name}", waiting.key)
            assert [entry.name for entry in through.raw.seen_of([DAY])[DAY]] == [waiting.name]
            assert listings["all"] >= after


ODD_NAMES_ON_S3 = ["a//b.json", "../up.json", "x/../y.json", "./dot.json", "a\\b.json", "c\x01d.json", "del\x7f.json"]
ODD_NAMES_IN_A_FOLDER = [
    "a\\b.json",
    "c\x01d.json",
    "line\n.json",
    "end\n",
    os.fsdecode(b"bad-\xff-\xfe.json"),
    "x" * 250,
]


def test_misfiled_objects_are_set_aside_and_harm_no_other(lake: Lake) -> None:
    names = ODD_NAMES_ON_S3 if lake.storage.is_s3 else ODD_NAMES_IN_A_FOLDER
    names = [*names, "snapshot_date=never/x.json", "1999-12-31.json", "evil.reason.json"]
    for name in names:
        land(lake, name, name.encode(errors="surrogateescape"))
    land(lake, "2026-03-01 good.json", b"good")
    assert contents(lake, entries(lake)) == [b"good"]
    assert keys(lake, WAITING) == ["2026-03-01 good.json"]
    aside = keys(lake, f"{QUARANTINE}/misfiled")
    objects = [name for name in aside if f"{name}.reason.json" in aside]
    assert (len(objects), len(aside)) == (len(names), 2 * len(names))
    assert not any(".." in name for name in aside)
    kept = [lake.storage.read(f"{QUARANTINE}/misfiled/{name}") for name in objects]
    assert sorted(kept) == sorted(name.encode(errors="surrogateescape") for name in names)
    assert lake.raw.quarantined(DAY) == []


def test_what_is_misfiled_in_the_folder_of_another_day_is_set_aside_by_whoever_lists_that_one(lake: Lake) -> None:
    for name in (f"snapshot_date={NEXT}/chart-{DAY}.json", f"snapshot_date={NEXT}/x.json", f"{NEXT}/{DAY}.json"):
        land(lake, name)
    assert entries(lake, DAY) == []
    assert keys(lake, QUARANTINE) == []
    assert [entry.key for entry in entries(lake, NEXT)] == [f"{WAITING}/snapshot_date={NEXT}/x.json"]
    assert len(keys(lake, f"{QUARANTINE}/misfiled")) == 4


def test_a_day_is_found_in_a_folder_of_any_name(lake: Lake) -> None:
    of_the_day = [
        f"{DAY}.json",
        f"{DAY:%Y%m%d}/a.json",
        f"{DAY:%Y/%m/%d}/a.json",
        f"{DAY}/a.json",
        f"charts/{DAY}/a.json",
        f"snapshot_date={DAY}/a.json",
        f"snapshot_date={DAY:%Y%m%d}/a.json",
    ]
    for name in (*of_the_day, f"snapshot_date={NEXT}/a.json", f"charts/{NEXT}/a.json"):
        land(lake, name)
    assert sorted(entry.key.removeprefix(f"{WAITING}/") for entry in entries(lake)) == sorted(of_the_day)
    both = lake.raw.seen_of([DAY, NEXT])
    assert (len(both[DAY]), len(both[NEXT])) == (len(of_the_day), 2)


def test_two_runs_may_set_the_same_object_aside(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    land(lake, "1999-12-31.json", b"content")
    listed = list(lake.raw.waiting())
    monkeypatch.setattr(lake.raw, "waiting", lambda _days: iter(listed))
    for _ in range(2):
        assert entries(lake) == []
    aside = keys(lake, f"{QUARANTINE}/misfiled")
    assert len(aside) == 2
    assert lake.storage.read(f"{QUARANTINE}/misfiled/{aside[0]}") == b"content"


def test_a_misfiled_key_that_landed_again_meanwhile_is_set_aside_by_its_own_listing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(lake, "1999-12-31.json", b"first")
    listed = list(lake.raw.waiting())
    land(lake, "1999-12-31.json", b"second")
    with monkeypatch.context() as patched:
        patched.setattr(lake.raw, "waiting", lambda _days: iter(listed))
        assert entries(lake) == []
    assert keys(lake, WAITING) == ["1999-12-31.json"]
    assert entries(lake) == []
    kept = [lake.storage.read(f"{QUARANTINE}/misfiled/{name}") for name in keys(lake, f"{QUARANTINE}/misfiled")]
    assert b"second" in kept
    assert keys(lake, WAITING) == []


def test_a_quarantined_object_keeps_its_bytes_and_its_reason(lake: Lake) -> None:
    land(lake, "2026-03-01 bad.json", b"{")
    land(lake, "2026-03-01 good.json", b"{}")
    bad, good = entries(lake)
    lake.raw.quarantine(bad, "not JSON: 'ends' \N{EM DASH} too early\n")
    (note,) = lake.raw.quarantined(DAY)
    assert (note.raw_object, note.reason) == (bad.name, "not JSON: 'ends' \N{EM DASH} too early\n")
    assert lake.storage.read(f"{QUARANTINE}/{bad.name}") == b"{"
    assert [entry.name for entry in entries(lake)] == [good.name]
    assert lake.raw.quarantined(NEXT) == []


def test_what_was_taken_out_of_quarantine_counts_no_more_and_counting_reads_no_note(lake: Lake) -> None:
    for name in ("a.json", "b.json"):
        land(lake, f"snapshot_date={DAY}/{name}", b"{")
    a, b = entries(lake)
    for entry in (a, b):
        lake.raw.quarantine(entry, "not JSON")
    lake.storage.write(f"{QUARANTINE}/{b.name}.reason.json", b"a note that cannot be read")
    assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 2
    assert lake.storage.move(f"{QUARANTINE}/{b.name}", f"{WAITING}/snapshot_date={DAY}/b.json")
    assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 1
    assert [note.raw_object for note in lake.raw.quarantined(DAY)] == [a.name]


def test_only_what_landed_later_in_its_place_takes_a_note_out(lake: Lake) -> None:
    land(lake, f"snapshot_date={DAY}/a.json", b"{")
    (bad,) = entries(lake)
    lake.raw.quarantine(bad, "not JSON")
    later = bad.landed_at + timedelta(seconds=1)
    for other in (bad, replace(bad, name=bad.name.replace("a.json", "b.json"), landed_at=later)):
        lake.raw.forget_mended(DAY, [other])
        assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 1
    lake.raw.forget_mended(DAY, [replace(bad, name=f"snapshot_date={DAY}/a.json", landed_at=later)])
    assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 0
    assert lake.storage.read(f"{QUARANTINE}/{bad.name}") == b"{"


@IN_A_FOLDER
def test_a_producer_that_goes_on_with_a_quarantined_file_gets_it_looked_at_again(lake: Lake) -> None:
    land(lake, f"snapshot_date={DAY}/slow.json")
    path = lake.storage.folder / f"{WAITING}/snapshot_date={DAY}/slow.json"
    with path.open("ab", buffering=0) as producer:
        (half,) = entries(lake)
        lake.raw.quarantine(half, "cut off")
        note = lake.storage.folder / f"{QUARANTINE}/{half.name}.reason.json"
        os.utime(note, (1_700_000_000, 1_700_000_000))
        producer.write(b" ")
    assert lake.raw.take_back_changed() == [f"{WAITING}/snapshot_date={DAY}/slow.json"]
    assert path.read_bytes() == b"{} "
    assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 0
    assert keys(lake, QUARANTINE) == []
    assert lake.raw.take_back_changed() == []


def test_the_longest_name_that_is_filed_can_be_processed_and_quarantined(lake: Lake) -> None:
    for kind in "pq":
        land(lake, f"2026-03-01{kind:x>230}", kind.encode())
    processed, quarantined = entries(lake)
    lake.raw.file_as_processed([processed])
    lake.raw.quarantine(quarantined, "reason")
    assert contents(lake, entries(lake)) == [b"p"]
    assert [note.reason for note in lake.raw.quarantined(DAY)] == ["reason"]


@ON_S3
def test_folder_markers_are_no_objects(lake: Lake) -> None:
    for marker in ("", "snapshot_date=2026-03-01/", "2026-03-01/"):
        land(lake, marker, b"")
    land(lake, "2026-03-01/x.json")
    assert [entry.key for entry in lake.raw.waiting()] == [f"{WAITING}/2026-03-01/x.json"]


@IN_A_FOLDER
def test_what_is_no_whole_file_yet_is_not_listed(lake: Lake) -> None:
    land(lake, "2026-03-01.json")
    land(lake, "2026-03-01.json#1", b"half written by the object store library")
    folder = lake.storage.folder / WAITING
    (folder / "broken-link").symlink_to(folder / "nowhere")
    (folder / "empty folder 2026-03-01").mkdir()
    os.mkfifo(folder / "2026-03-01.pipe")
    assert [entry.key for entry in lake.raw.waiting()] == [f"{WAITING}/2026-03-01.json"]


@IN_A_FOLDER
def test_a_file_that_vanishes_while_it_is_listed_is_not_listed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    land(lake, "2026-03-01-a.json")
    land(lake, "2026-03-01-b.json")
    is_file = Path.is_file

    def vanishing(path: Path) -> bool:
        found = is_file(path)
        if path.name.endswith("a.json"):
            path.unlink()
        return found

    monkeypatch.setattr(Path, "is_file", vanishing)
    assert [entry.key for entry in lake.raw.waiting()] == [f"{WAITING}/2026-03-01-b.json"]


def test_thousands_of_waiting_objects_are_listed(lake: Lake) -> None:
    # S3 lists a thousand at a time.
    count = 1_001 if lake.storage.is_s3 else 5_000
    with ThreadPoolExecutor(8) as writers:
        written = writers.map(
            lambda number: lake.storage.write(f"{WAITING}/2026-03-01/{number:05d}", b""), range(count)
        )
    assert len(list(written)) == count
    listed = sorted(entry.key for entry in entries(lake))
    assert listed == [f"{WAITING}/2026-03-01/{number:05d}" for number in range(count)]


@IN_A_FOLDER
@pytest.mark.parametrize("count", [0, 1, 8, 9, 100])
def test_objects_are_read_in_order(lake: Lake, count: int) -> None:
    for number in range(count):
        land(lake, f"2026-03-01-{number:03d}.json", b"%d" % number)
    assert contents(lake, entries(lake)) == [b"%d" % number for number in range(count)]


@IN_A_FOLDER
def test_an_object_of_3_gib_is_refused_without_being_read(lake: Lake) -> None:
    land(lake, "2026-03-01 huge.json")
    os.truncate(lake.storage.folder / f"{WAITING}/2026-03-01 huge.json", 3 << 30)
    (raw,) = lake.raw.read(entries(lake))
    assert (raw.data, raw.too_large) == (b"", 3 << 30)
    with pytest.raises(UnreadableObject, match="of 3,221,225,472 bytes"):
        decode_object(raw, DAY, "spotify")


def test_size_is_looked_at_before_an_object_is_read(lake: Lake) -> None:
    lake.storage.write("x", b"12345")
    assert lake.storage.read("x", at_most=5) == b"12345"
    with pytest.raises(TooLarge, match="x is of 5 bytes"):
        lake.storage.read("x", at_most=4)


@IN_A_FOLDER
def test_few_bytes_are_read_ahead(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spotify_assets.lake.raw.AHEAD_BYTES", 25)
    for number in range(12):
        land(lake, f"2026-03-01 {number:02d}.json", b"1234567890")
    listed = entries(lake)
    reading = lake.raw.read(listed)
    assert next(reading).data == b"1234567890"
    # Two are read by now; whatever changes in the others is seen.
    for number in range(2, 12):
        land(lake, f"2026-03-01 {number:02d}.json", b"0987654321")
    assert [raw.data for raw in reading] == [b"1234567890", *[b"0987654321"] * 10]


def test_a_failed_read_is_an_error_and_not_an_unreadable_object(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        land(lake, f"2026-03-01-{number:02d}.json", b"%d" % number)
    listed = entries(lake)
    read_if_any = Storage.read_if_any

    def failing(storage: Storage, key: str, at_most: int | None = None) -> bytes | None:
        if "-05" in key:
            raise LakeError("the network is down")
        return read_if_any(storage, key, at_most)

    monkeypatch.setattr(Storage, "read_if_any", failing)
    got: list[bytes] = []
    with pytest.raises(LakeError, match="the network is down"):
        got.extend(raw.data for raw in lake.raw.read(listed))
    assert [entry.is_waiting for entry in entries(lake)] == [True] * 12


def test_an_object_that_is_gone_from_both_zones_is_an_error(lake: Lake) -> None:
    land(lake, "2026-03-01.json")
    listed = entries(lake)
    lake.storage.delete([listed[0].key])
    with pytest.raises(LakeError, match="is gone since it was listed"):
        contents(lake, listed)


def test_reading_may_end_early(lake: Lake) -> None:
    for number in range(12):
        land(lake, f"2026-03-01-{number:02d}.json", b"%d" % number)
    reading = lake.raw.read(entries(lake))
    assert next(reading).data == b"0"


def test_tomorrow_is_filed_and_the_day_after_is_not(lake: Lake) -> None:
    """Clocks differ, and midnight comes while a run is under way."""
    today = datetime.now(UTC).date()
    for days in (1, 3):
        land(lake, f"{today + timedelta(days=days)}.json")
    kinds = [type(entry) for entry in sorted(lake.raw.waiting(), key=lambda entry: entry.key)]
    assert kinds == [RawEntry, Misfiled]


def waiting_entry(name: str, landed_at: datetime) -> RawEntry:
    return RawEntry(f"{WAITING}/{name}", name, DAY, 1, "etag", landed_at)


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (1.9, False), (2, True), (-1.9, False), (-2, True)])
@IN_A_FOLDER
def test_what_another_program_writes_into_a_folder_is_whole_after_two_seconds(
    lake: Lake, seconds: float, settled: bool
) -> None:
    now, name = LANDED + timedelta(seconds=seconds), f"{LANDING}/chart.json"
    assert lake.raw.is_settled(waiting_entry(name, LANDED), now) is settled
    assert lake.raw.is_settled(Misfiled(stored("2026-13-45.json"), "no day"), now) is settled
    assert lake.raw.is_settled(waiting_entry(OWN, LANDED), now)


@pytest.mark.parametrize(("minutes", "young"), [(0, True), (9.9, True), (10, False), (-9.9, True), (-10, False)])
@IN_A_FOLDER
def test_what_cannot_be_read_may_be_half_written_for_ten_minutes(lake: Lake, minutes: float, young: bool) -> None:
    now, entry = LANDED + timedelta(minutes=minutes), waiting_entry(f"{LANDING}/chart.json", LANDED)
    assert lake.raw.young_until(entry, now) == (LANDED + timedelta(minutes=10) if young else None)
    assert lake.raw.young_until(waiting_entry(OWN, LANDED), now) is None
    assert lake.raw.young_until(replace(entry, key=f"{PROCESSED}/chart.json"), now) is None


@ON_S3
def test_in_a_bucket_everything_is_whole_from_the_start(lake: Lake) -> None:
    entry = waiting_entry(f"{LANDING}/chart.json", LANDED)
    assert lake.raw.is_settled(entry, LANDED)
    assert lake.raw.young_until(entry, LANDED) is None


@IN_A_FOLDER
def test_an_object_that_changed_before_it_was_set_aside_leaves_no_note(lake: Lake) -> None:
    land(lake, "snapshot_date=2026-03-01/odd.json", b"odd")
    (entry,) = entries(lake)
    land(lake, "snapshot_date=2026-03-01/odd.json", b"another content")
    lake.raw.quarantine(entry, "no reason")
    assert keys(lake, QUARANTINE) == []
    assert lake.raw.quarantined_by_day().get(str(DAY), 0) == 0
