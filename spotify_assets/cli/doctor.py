"""`doctor`: examines everything that a run needs, and says what to do if something is missing."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from spotify_assets.artist_facts.asking import Limits
from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.artist_facts.source import FactsUnavailable, SimulatedFacts, Unasked
from spotify_assets.automation.alert_channels import channels
from spotify_assets.capture.declared_changes import look_for_changes, told
from spotify_assets.capture.playlists_file import NOTHING_TO_CAPTURE, configured_playlists
from spotify_assets.cli.doctor_of_published import details_of, landed_by_others
from spotify_assets.config import NO_ACCOUNT, Settings, SettingsError, settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import days_without_tables
from spotify_assets.lake.verification import Verified, verify_published, verify_raw
from spotify_assets.schemas import TABLES
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.serving.snowflake.connection import SnowflakeAccount
from spotify_assets.serving.snowflake.load import SnowflakeError
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.probe import Probe, sign_in
from spotify_assets.spotify.sign_in_end import OVER
from spotify_assets.transform.findings import counted

# Outside the zones of a lake, so that it is never taken for data.
PROBE_FOLDER = "probe"
# A well-formed Spotify id that nobody has.
NOBODY = "0" * 22
NAMED_DAMAGES = 20
HISTORY_START_IS_OLD = (
    "HISTORY_START={} is no longer needed: the lake remembers its first day. Leave it out, so that Dagster shows no "
    "earlier days as missing"
)


@dataclass(frozen=True)
class Diagnosis:
    """The result of one examination; an unhealthy one's sentence ends with the remedy.

    Something that waits for a person but blocks no run is healthy and `needs_person`.
    """

    name: str
    is_healthy: bool
    sentence: str
    needs_person: bool = False


def run_doctor(*, deep: bool = False) -> int:
    """Prints a line for each examination; gives 0 only if all are healthy, even if something waits for a person.

    `deep` also reads every published file and every raw object: the entire lake.
    """
    is_healthy = True
    for diagnosis in _examinations(deep):
        is_healthy &= diagnosis.is_healthy
        _print(diagnosis)
    return 0 if is_healthy else 1


def _examinations(deep: bool) -> Iterator[Diagnosis]:
    try:
        found = settings()
    except SettingsError as error:
        # Everything else depends on them.
        yield from (Diagnosis("settings", False, line) for line in str(error).splitlines())
        return
    yield Diagnosis("settings", True, f"LAKE_URL={found.lake_url}, SPOTIFY_SOURCE={found.spotify_source}")
    entries: tuple[PlaylistEntry, ...] = ()
    is_readable = True
    try:
        entries = configured_playlists(found)
        others = sum(not entry.is_captured for entry in entries)
        landed = f", {others} of them landed by others" if others else ""
        said = f"{counted(len(entries), 'playlist')} in {found.playlists_file}{landed}"
        yield Diagnosis("playlists file", True, said)
    except SettingsError as error:
        is_needed = found.captures or found.playlists_file.exists()
        is_readable = not is_needed
        yield Diagnosis("playlists file", not is_needed, str(error) if is_needed else "none, and none needed")
    yield from _spotify(found, [entry for entry in entries if entry.is_captured], is_named=bool(entries))
    yield _examined("alerts", lambda: _alerts(found))
    yield _examined("artist facts", lambda: _artist_facts(found))
    lake = Lake(found, of_a_run=True)
    yield _examined("lake's source", lambda: _source(lake))
    yield _examined("lake", lambda: _storage(lake))
    catalog = _examined("catalog", lambda: _catalog(lake))
    yield catalog
    # Without either, these would only repeat the error.
    if catalog.is_healthy and is_readable:
        yield _examined("published days", lambda: told(list(look_for_changes(lake))))
        yield _examined("details", lambda: details_of(lake))
        yield _examined("landed by others", lambda: landed_by_others(lake, {entry.playlist_id for entry in entries}))
    if catalog.is_healthy:
        yield from _waiting_for_a_person(lake)
    if found.history_start is not None:
        yield Diagnosis("history", True, HISTORY_START_IS_OLD.format(found.history_start))
    if found.loads_snowflake:
        yield _examined("Snowflake", lambda: _snowflake(SnowflakeAccount(found)))
    if deep:
        for group, job in ((BASE, "process_raw_objects"), (INSIGHTS, "refresh_insights")):
            for table in group.tables.values():
                mended = f"Run the job {job} for its day to rebuild the day."
                name = f"files of {lake.catalog.name(table)}"
                yield from _verified(name, "published file", partial(verify_published, lake, table), mended)
        lost = "Restore it from a copy; the published day stays as it is, but cannot be rebuilt without it."
        yield from _verified("raw objects", "raw object", partial(verify_raw, lake), lost)


def _verified(name: str, noun: str, verify: Callable[[], Iterator[Verified]], remedy: str) -> Iterator[Diagnosis]:
    """A line for each damaged object, up to a limit; one line if none is."""
    read, size, damaged = 0, 0, 0
    try:
        for found in verify():
            read, size = read + 1, size + found.size
            if found.damage is not None and (damaged := damaged + 1) <= NAMED_DAMAGES:
                damage = found.damage.rstrip(".")
                yield Diagnosis(name, False, f"{found.place} of {found.snapshot_date} {damage}. {remedy}")
    except (LakeError, CaptureError) as error:
        damaged += 1
        yield Diagnosis(name, False, str(error))
    if damaged > NAMED_DAMAGES:
        yield Diagnosis(name, False, f"{damaged - NAMED_DAMAGES:,} more of {counted(read, noun)} are damaged.")
    if not damaged:
        yield Diagnosis(name, True, f"{counted(read, noun)}, {size:,} bytes: all present and undamaged")


def _examined(name: str, examine: Callable[[], str]) -> Diagnosis:
    try:
        return Diagnosis(name, True, examine())
    except (SettingsError, LakeError, CaptureError, FactsUnavailable, SnowflakeError) as error:
        return Diagnosis(name, False, str(error))
    # Whatever is wrong with this one, the other examinations are still worth having.
    except Exception as error:
        first_line = (str(error).splitlines() or ["no reason given"])[0][:200]
        return Diagnosis(name, False, f"{type(error).__name__}: {first_line}")


def _spotify(found: Settings, entries: list[PlaylistEntry], *, is_named: bool) -> Iterator[Diagnosis]:
    """Examines account and playlists to capture; `is_named` says whether the file lists any playlists."""
    if found.spotify_source == "sample":
        yield Diagnosis("Spotify", True, "not needed by the sample source")
        return
    if not found.captures:
        yield Diagnosis("Spotify", True, f"not needed for imported and landed files. {NO_ACCOUNT}")
        return
    if is_named and not entries:
        yield Diagnosis("Spotify", True, f"not needed. {NOTHING_TO_CAPTURE}")
        return
    probes: list[Probe] = []

    def credentials() -> str:
        probes.append(sign_in(found))
        user = probes[0].user
        return "the app is valid; nobody is signed in" if user is None else f"signed in as {user}"

    def playlist(entry: PlaylistEntry) -> Diagnosis:
        return _examined(
            f"playlist {entry.name}",
            lambda: f"readable, {counted(probes[0].playlist(entry), 'entry', plural='entries')} ({entry.playlist_id})",
        )

    yield _examined("credentials", credentials)
    yield from _end_of_sign_in(found)
    # Without a token every playlist would report the same.
    if probes:
        with ThreadPoolExecutor(found.spotify_concurrency) as pool:
            yield from pool.map(playlist, entries)


def _end_of_sign_in(found: Settings) -> list[Diagnosis]:
    try:
        ahead = sign_in_outlook(found, datetime.now(UTC))
    except CaptureError:
        # The credentials' line has already reported it.
        return []
    return [Diagnosis("end of the sign-in", ahead.stage != OVER, ahead.sentence)]


def _artist_facts(found: Settings) -> str:
    source = artist_facts_source(found, Limits(capture=30, failures=2))
    if isinstance(source, SimulatedFacts):
        return "not needed by the sample source"
    if isinstance(source, Unasked):
        # No run needs them.
        return f"no source is asked. {source.reason}"
    for _ in source.ask([NOBODY]):
        pass
    return f"{source.name} answers"


def _alerts(found: Settings) -> str:
    named = [channel.name for channel in channels(found)]
    return f"logged, and sent to {', '.join(named)}" if named else "only logged, in the log of Dagster's sensors"


def _source(lake: Lake) -> str:
    source = lake.require_source()
    return f"new: it will hold {source} data" if lake.source() is None else f"holds {source} data, as configured"


def _storage(lake: Lake) -> str:
    storage, key, content = lake.storage, f"{PROBE_FOLDER}/{uuid4().hex}", b"written by spotify-assets doctor"
    storage.write(key, content)
    try:
        if storage.read(key) != content or key not in {found.key for found in storage.list(PROBE_FOLDER)}:
            raise LakeError(f"{storage.url} does not return what was written to it. Choose another LAKE_URL.")
    except FileNotFoundError:
        raise LakeError(f"{storage.url} does not return what was written to it. Choose another LAKE_URL.") from None
    finally:
        storage.delete([key])
    return f"{storage.url} can be read, written, listed and deleted from"


def _catalog(lake: Lake) -> str:
    tables = lake.catalog.tables()
    if unmade := days_without_tables(lake):
        raise LakeError(
            f"Nothing is published for {counted(len(unmade), 'day')} in raw/processed, {unmade[0]} to {unmade[-1]}. "
            "Rebuild them: spotify-assets rebuild"
        )
    return f"{len(tables)} of {len(TABLES)} tables published" if tables else "reachable; nothing is published yet"


def _waiting_for_a_person(lake: Lake) -> Iterator[Diagnosis]:
    # It imports sensors and their jobs, which only this needs.
    from spotify_assets.automation.attention import Notice, notice_of_runs, notices_of_lake
    from spotify_assets.automation.instance import instance_home, open_instance
    from spotify_assets.cli.instance_errors import clear_instance_errors

    notices: list[Notice] = []

    def look() -> str:
        notices.extend(notices_of_lake(lake))
        # Looking must not create a home.
        if (instance_home() / "dagster.yaml").exists():
            with clear_instance_errors(), open_instance() as instance:
                notices.append(notice_of_runs(instance))
        return ""

    looked = _examined("operations", look)
    for notice in notices:
        yield Diagnosis(notice.name, True, notice.sentence, notice.needs_person)
    if not looked.is_healthy:
        yield looked


def _snowflake(account: SnowflakeAccount) -> str:
    with account.connect() as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()")
        tables = cursor.fetchall()[0][0]
    return f"signed in; {account.schema} has {counted(tables, 'table')}"


def _print(diagnosis: Diagnosis) -> None:
    healthy, ill = ("✓", "✗") if _can_print("✓✗") else ("ok", "NO")
    mark = ill if not diagnosis.is_healthy else "!" if diagnosis.needs_person else healthy
    line = f"{mark} {diagnosis.name}: {diagnosis.sentence}"
    encoding = sys.stdout.encoding or "utf-8"
    print(" ".join(line.split()).encode(encoding, "replace").decode(encoding), flush=True)


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
