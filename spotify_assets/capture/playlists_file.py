"""Reads `playlists.yaml`: id, URI or URL; name; region; series; tags; watches.

Playlists with `capture: false` are landed by others, and never requested from Spotify. Refuses a duplicate or malformed
entry with file and line, since a wrong id would leave a gap in history.
"""

import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from spotify_assets.capture.watches import FORMS, BadWatch, read_watch
from spotify_assets.charts.identity import PLAYLIST_TYPE, said_by
from spotify_assets.config import NO_ACCOUNT, Settings, SettingsError
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist, PlaylistEntry
from spotify_assets.spotify.playlist_links import NoPlaylist, playlist_id

KNOWN_FIELDS = {"id", "name", "region", "chart_type", "recurrence", "tags", "capture", "watch"}
OF_THE_CHART = ("region", "chart_type", "recurrence")
CHART_TYPE, RECURRENCES = re.compile(r"[a-z][a-z0-9_]*"), ("daily", "weekly")
NOTHING_TO_CAPTURE = "Nothing is captured: each playlist of playlists.yaml has `capture: false`."


def configured_playlists(settings: Settings) -> tuple[PlaylistEntry, ...]:
    """The playlists of the configured file; for the sample source without a file, its own charts.

    Raises:
        SettingsError: as `read_playlists`.
    """
    is_unset = settings.playlists_file == Settings.model_fields["playlists_file"].default
    if settings.spotify_source == "sample" and is_unset and not settings.playlists_file.exists():
        with as_file(files("spotify_assets.spotify.sample") / "playlists.yaml") as packaged:
            return read_playlists(packaged)
    return read_playlists(settings.playlists_file)


def playlists_to_capture(settings: Settings) -> tuple[PlaylistEntry, ...]:
    """The playlists to capture.

    Raises:
        SettingsError: as `read_playlists`.
    """
    return tuple(entry for entry in configured_playlists(settings) if entry.is_captured)


def why_nothing_is_captured(settings: Settings) -> str | None:
    """Why no playlist is captured, if so: no account, or a file with only playlists landed by others."""
    if not settings.captures:
        return NO_ACCOUNT
    try:
        return None if playlists_to_capture(settings) else NOTHING_TO_CAPTURE
    except SettingsError:
        # The capture reports what is wrong with the file.
        return None


def declared_playlists(settings: Settings) -> list[DeclaredPlaylist] | None:
    """The file's entries for raw objects without an envelope; None if there is no file, and none is configured.

    Raises:
        SettingsError: as `read_playlists`.
    """
    is_unset = settings.playlists_file == Settings.model_fields["playlists_file"].default
    if is_unset and not settings.playlists_file.exists():
        return None
    return [
        DeclaredPlaylist(
            entry.playlist_id,
            None if entry.name == entry.playlist_id else entry.name,
            entry.region,
            entry.chart_type,
            entry.recurrence,
            entry.tags,
        )
        for entry in read_playlists(settings.playlists_file)
    ]


def read_playlists(path: Path) -> tuple[PlaylistEntry, ...]:
    """The entries of a playlists file, in its order.

    Raises:
        SettingsError: the file is missing, is not YAML of the expected form, or has a bad or duplicate entry.
    """
    try:
        document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: no such file. Set PLAYLISTS_FILE, or copy the playlists.yaml of this project."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: cannot be read as YAML: {error}") from None
    rows = _rows(path, document)
    entries: dict[str, tuple[int, PlaylistEntry]] = {}
    for row in rows:
        line = row.start_mark.line + 1
        entry = _entry(path, line, _plain(path, line, row))
        if entry.playlist_id in entries:
            first = entries[entry.playlist_id][0]
            raise SettingsError(f"{path}:{line}: {entry.playlist_id} is already listed in line {first}; remove one.")
        entries[entry.playlist_id] = (line, entry)
    return tuple(entry for _, entry in entries.values())


def _plain(path: Path, line: int, node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: an impossible date
        raise SettingsError(f"{path}:{line}: has a value that cannot be read; put it in quotes: {error}") from None
    finally:
        loader.dispose()


def _rows(path: Path, document: yaml.Node | None) -> list[yaml.Node]:
    if isinstance(document, yaml.MappingNode):
        for key, value in document.value:
            if key.value == "playlists" and isinstance(value, yaml.SequenceNode) and value.value:
                return value.value
    raise SettingsError(f"{path}:1: expected `playlists:` followed by a list with at least one entry.")


def _entry(path: Path, line: int, row: Any) -> PlaylistEntry:
    where = f"{path}:{line}"
    if not isinstance(row, dict) or "id" not in row:
        raise SettingsError(f"{where}: expected an entry with at least `id`.")
    if unknown := set(row) - KNOWN_FIELDS:
        raise SettingsError(f"{where}: unknown field {sorted(map(str, unknown))}; known are {sorted(KNOWN_FIELDS)}.")
    try:
        named = _id(row["id"])
    except NoPlaylist as error:
        raise SettingsError(f"{where}: {error}") from None
    is_captured = True if row.get("capture") is None else row["capture"]
    if not isinstance(is_captured, bool):
        raise SettingsError(f"{where}: `capture` must be true or false, not {is_captured!r}.")
    if is_captured and said_by(named) is not None:
        raise SettingsError(f"{where}: {named} is a chart, which Spotify's API does not offer: add `capture: false`.")
    tags = [] if row.get("tags") is None else row["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise SettingsError(f"{where}: `tags` must be a list of words, such as [chart, daily].")
    for field in ("name", *OF_THE_CHART):
        if row.get(field) is not None and not isinstance(row[field], str):
            raise SettingsError(f"{where}: `{field}` must be text; put {row[field]!r} in quotes.")
    _check_series(where, named, row)
    name = row.get("name") or named
    try:
        watch = read_watch(row.get("watch"))
    except BadWatch as error:
        raise SettingsError(f"{where}: `watch` of the playlist {name} {error}. It may be {FORMS}.") from None
    of_chart = {field: row.get(field) for field in ("chart_type", "recurrence")}
    return PlaylistEntry(named, name, row.get("region"), tuple(tags), watch, **of_chart, is_captured=is_captured)


def _id(value: Any) -> str:
    """The id of a playlist, in any form, or of a chart."""
    return value if isinstance(value, str) and said_by(value) is not None else playlist_id(str(value))


def _check_series(where: str, named: str, row: dict[str, Any]) -> None:
    """Refuses invalid series, and those that contradict a chart's id."""
    chart_type, recurrence = row.get("chart_type"), row.get("recurrence")
    if chart_type is not None and not CHART_TYPE.fullmatch(chart_type):
        raise SettingsError(f"{where}: `chart_type` must be a lower-case word, such as viral, not {chart_type!r}.")
    if recurrence is not None and recurrence not in RECURRENCES:
        raise SettingsError(f"{where}: `recurrence` must be daily or weekly, not {recurrence!r}.")
    chart = said_by(named)
    if chart is None and recurrence is not None and chart_type in (None, PLAYLIST_TYPE):
        raise SettingsError(f"{where}: `recurrence` is for charts: add `chart_type`, such as top50, or remove it.")
    for field in OF_THE_CHART if chart is not None else ():
        if row.get(field) not in (None, said := getattr(chart, field)):
            raise SettingsError(f"{where}: `{field}` of {named} is {said}, according to its id; remove {row[field]!r}.")
