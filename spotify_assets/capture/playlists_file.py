"""The playlists to capture, from `playlists.yaml`: id, URI or URL; name; region; tags; what is watched.

Refuses a duplicate or malformed entry with file and line, since a wrong id would be a gap in history.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from spotify_assets.capture.watches import FORMS, BadWatch, read_watch
from spotify_assets.config import Settings, SettingsError
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.playlist_links import NoPlaylist, playlist_id

KNOWN_FIELDS = {"id", "name", "region", "tags", "watch"}


def configured_playlists(settings: Settings) -> tuple[PlaylistEntry, ...]:
    """The playlists of the settings' file; for the sample source without any file, the charts it comes with.

    Raises:
        SettingsError: as `read_playlists`.
    """
    is_unset = settings.playlists_file == Settings.model_fields["playlists_file"].default
    if settings.spotify_source == "sample" and is_unset and not settings.playlists_file.exists():
        with as_file(files("spotify_assets.spotify.sample") / "playlists.yaml") as packaged:
            return read_playlists(packaged)
    return read_playlists(settings.playlists_file)


def read_playlists(path: Path) -> tuple[PlaylistEntry, ...]:
    """The entries of a playlists file, in its order.

    Raises:
        SettingsError: the file is missing, is not YAML of the expected form, or has a bad or double entry.
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
            raise SettingsError(f"{path}:{line}: {entry.playlist_id} is listed already in line {first}; remove one.")
        entries[entry.playlist_id] = (line, entry)
    return tuple(entry for _, entry in entries.values())


def _plain(path: Path, line: int, node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: something like a date that is none
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
        named = playlist_id(str(row["id"]))
    except NoPlaylist as error:
        raise SettingsError(f"{where}: {error}") from None
    tags = [] if row.get("tags") is None else row["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise SettingsError(f"{where}: `tags` must be a list of words, such as [chart, daily].")
    for field in ("name", "region"):
        if row.get(field) is not None and not isinstance(row[field], str):
            raise SettingsError(f"{where}: `{field}` must be text; put {row[field]!r} in quotes.")
    name = row.get("name") or named
    try:
        watch = read_watch(row.get("watch"))
    except BadWatch as error:
        raise SettingsError(f"{where}: `watch` of the playlist {name} {error}. It may be {FORMS}.") from None
    return PlaylistEntry(named, name, row.get("region"), tuple(tags), watch)
