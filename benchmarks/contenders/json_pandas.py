"""The way of the Lambda tutorials: `json.loads`, loops that append dicts, `pandas.DataFrame`, `drop_duplicates`.

Written with care, not as a straw man: one raw object in memory at a time, one pass over its entries.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.generate import DAY

PAGES = "https://open.spotify.com"


def run(raw_folder: Path, table_folder: Path) -> None:
    playlists: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    songs: list[dict[str, Any]] = []
    albums: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    profiles: list[dict[str, Any]] = []
    for path in sorted(raw_folder.rglob("*.json")):
        with path.open(encoding="utf-8") as file:
            data = json.load(file)
        if "artists" in data:
            profiles.extend(profile_row(artist) for artist in data["artists"])
            continue
        playlist, envelope = data["playlist"], data["envelope"]
        playlists.append(playlist_row(playlist, envelope))
        for position, entry in enumerate(playlist["tracks"]["items"], 1):
            items.append(item_row(playlist["id"], position, entry))
            track = entry["track"]
            if items[-1]["entry_type"] == "track":
                songs.append(song_row(track, envelope["fetched_at"]))
                albums.append(album_row(track["album"], envelope["fetched_at"]))
                mentions.extend(credit_rows(track, envelope["fetched_at"]))
    write(table_folder, "playlists", playlists_table(playlists))
    write(table_folder, "playlist_items", items_table(items))
    write(table_folder, "songs", latest(pd.DataFrame(songs), ["song_id"]))
    write(table_folder, "albums", albums_table(albums))
    credited = pd.DataFrame(mentions)
    write(table_folder, "song_artists", song_artists_table(credited))
    write(table_folder, "artists", artists_table(pd.DataFrame(profiles), credited))


def playlist_row(playlist: dict[str, Any], envelope: dict[str, Any]) -> dict[str, Any]:
    return {
        "playlist_id": playlist["id"],
        "name": playlist["name"],
        "description": playlist["description"],
        "owner_id": playlist["owner"]["id"],
        "owner_name": playlist["owner"]["display_name"],
        "region": envelope["region"],
        "tags": envelope["tags"],
        "followers": playlist["followers"]["total"],
        "is_public": playlist["public"],
        "is_collaborative": playlist["collaborative"],
        "version_id": playlist["snapshot_id"],
        "entries": playlist["tracks"]["total"],
        "fetched_at": envelope["fetched_at"],
        "source": envelope["source"],
        "doubt": None,
        "chart_type": "playlist",
        "recurrence": None,
    }


# What charts alone tell of their places.
OF_CHARTS = ("label", "streams", "previous_rank", "was_on_previous_chart", "peak_rank", "periods_on_chart")


def item_row(playlist_id: str, position: int, entry: dict[str, Any]) -> dict[str, Any]:
    track: dict[str, Any] | None = entry["track"]
    if track is None:
        entry_type = "unavailable"
    elif entry["is_local"]:
        entry_type = "local"
    else:
        entry_type = track["type"]
    return {
        "playlist_id": playlist_id,
        "position": position,
        "entry_type": entry_type,
        "song_id": track["id"] if track and entry_type == "track" else None,
        "name": track["name"] if track else None,
        "uri": track["uri"] if track else None,
        "added_at": entry["added_at"],
        "added_by": entry["added_by"]["id"],
        **dict.fromkeys(OF_CHARTS),
    }


def song_row(track: dict[str, Any], fetched_at: str) -> dict[str, Any]:
    return {
        "song_id": track["id"],
        "name": track["name"],
        "album_id": track["album"]["id"],
        "duration_ms": track["duration_ms"],
        "is_explicit": track["explicit"],
        "popularity": track["popularity"],
        "disc_number": track["disc_number"],
        "track_number": track["track_number"],
        "isrc": track["external_ids"]["isrc"],
        "url": track["external_urls"]["spotify"],
        "is_playable": None,
        "linked_from_id": None,
        "recording_id": track["external_ids"]["isrc"] or track["id"],
        "artists_text": None,
        "release_date": None,
        "fetched_at": fetched_at,
    }


def album_row(album: dict[str, Any], fetched_at: str) -> dict[str, Any]:
    return {
        "album_id": album["id"],
        "name": album["name"],
        "album_type": album["album_type"],
        "release_date": album["release_date"],
        "release_date_precision": album["release_date_precision"],
        "total_tracks": album["total_tracks"],
        "image_url": album["images"][0]["url"],
        "url": album["external_urls"]["spotify"],
        "fetched_at": fetched_at,
    }


def credit_rows(track: dict[str, Any], fetched_at: str) -> list[dict[str, Any]]:
    return [
        {
            "song_id": track["id"],
            "artist_position": position,
            "artist_id": artist["id"],
            "name": artist["name"],
            "url": artist["external_urls"]["spotify"],
            "fetched_at": fetched_at,
        }
        for position, artist in enumerate(track["artists"], 1)
    ]


def profile_row(artist: dict[str, Any]) -> dict[str, Any]:
    return {
        "artist_id": artist["id"],
        "name": artist["name"],
        "genres": artist["genres"],
        "followers": artist["followers"]["total"],
        "popularity": artist["popularity"],
        "image_url": artist["images"][0]["url"],
        "profile_fetched_at": artist["fetched_at"],
        "url": artist["external_urls"]["spotify"],
    }


def latest(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The row captured last per key."""
    return table.sort_values("fetched_at", kind="stable").drop_duplicates(key, keep="last").drop(columns="fetched_at")


def playlists_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table["fetched_at"] = pd.to_datetime(table["fetched_at"])
    return table.sort_values("fetched_at").drop_duplicates("playlist_id", keep="last")


def items_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table["added_at"] = pd.to_datetime(table["added_at"])
    return table


def albums_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = latest(pd.DataFrame(rows), ["album_id"])
    table["release_date"] = pd.to_datetime(table["release_date"], format="ISO8601").dt.date
    return table


def song_artists_table(credited: pd.DataFrame) -> pd.DataFrame:
    table = latest(credited, ["song_id", "artist_position"])
    return table.drop(columns=["name", "url"])


def artists_table(profiles: pd.DataFrame, credited: pd.DataFrame) -> pd.DataFrame:
    """Everyone credited, with the profile where there is one."""
    mentioned = latest(credited, ["artist_id"]).drop(columns=["song_id", "artist_position"])
    # Profiles stand first, so that they are kept.
    table = pd.concat([profiles, mentioned]).drop_duplicates("artist_id", keep="first")
    table["profile_fetched_at"] = pd.to_datetime(table["profile_fetched_at"])
    age = pd.Timestamp(DAY, tz="UTC") - table["profile_fetched_at"].dt.normalize()
    table["profile_age_days"] = age.dt.days
    # The raw data holds no answers of a second source.
    table["genre_source"] = ["spotify" if isinstance(genres, list) and genres else "none" for genres in table["genres"]]
    return table.assign(country=None, active_since=None, wikidata_id=None, musicbrainz_id=None)


def write(folder: Path, name: str, table: pd.DataFrame) -> None:
    dated = table.assign(snapshot_date=DAY)
    dated.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
