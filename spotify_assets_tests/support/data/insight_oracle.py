"""The insights of a day by brute force: plain Python over the whole history, no carried state, no windows kept.

Written from the words of the schemas alone, to be compared with `transform/insights/`.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import permutations
from statistics import fmean, median, pstdev

import polars as pl

from spotify_assets_tests.support.data.recording_oracle import Row, Track, capture, code_of

BaseHistory = Mapping[date, Mapping[str, pl.DataFrame]]
# The charts that are told of together: their series, and their region.
Region = tuple[str, str]
OF_PLAYLIST = ("last_capture", "series", "region", "region_since")


class Oracle:
    """All that can be told of a history up to a day."""

    def __init__(self, history: BaseHistory, today: date) -> None:
        self.today = today
        self._history = history
        self._tracks_known: dict[str, list[Track]] = {}
        self._as_of: dict[date, Oracle] = {}
        self.days = sorted(day for day in history if day <= today)
        self._base = {day: {name: frame.to_dicts() for name, frame in history[day].items()} for day in self.days}
        self.places = {day: self._places_of(day) for day in self.days}
        self.regions_captured: dict[Region, list[date]] = defaultdict(list)
        for day in self.days:
            for region in {place["charts"] for place in self.places[day]}:
                self.regions_captured[region].append(day)
        self.regions_today = sorted(region for region, days in self.regions_captured.items() if today in days)

    def _places_of(self, day: date) -> list[Row]:
        base = self._base[day]
        songs = {row["song_id"]: row for row in base["songs"]}
        albums = {row["album_id"]: row for row in base["albums"]}
        names = {row["artist_id"]: row["name"] for row in base["artists"]}
        held: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for item in base["playlist_items"]:
            if item["song_id"] is not None:
                held[item["playlist_id"], item["song_id"]].append(item)
        places: list[Row] = []
        for playlist in base["playlists"]:
            for (playlist_id, song_id), items in sorted(held.items()):
                if playlist_id != playlist["playlist_id"]:
                    continue
                best = min(items, key=lambda item: item["position"])
                position = best["position"]
                song = songs[song_id]
                album = albums.get(song["album_id"], {})
                credited = sorted(
                    (row["artist_position"], row["artist_id"])
                    for row in base["song_artists"]
                    if row["song_id"] == song_id
                )
                places.append(
                    {
                        "playlist_id": playlist_id,
                        "charts": _charts(playlist),
                        "series": _charts(playlist)[0],
                        "region": _charts(playlist)[1],
                        "entries": playlist["entries"],
                        "song_id": song_id,
                        "position": position,
                        "points": playlist["entries"] + 1 - position,
                        "song_name": song["name"],
                        "artist_names": ", ".join(names[artist] for _, artist in credited) or None,
                        "artists": {artist for _, artist in credited},
                        "release_date": album.get("release_date")
                        if album.get("release_date_precision") == "day"
                        else None,
                        "popularity": song["popularity"],
                        "code": code_of(song["isrc"]),
                        "linked_from_id": song["linked_from_id"],
                        "is_playable": song["is_playable"],
                        "occurrences": len(items),
                        "added_at": best["added_at"],
                        "label": best["label"],
                        "streams": best["streams"],
                    }
                )
        return places

    def _artist(self, artist_id: str) -> Row:
        return {row["artist_id"]: row for row in self._base[self.today]["artists"]}.get(artist_id, {})

    def tables(self) -> dict[str, list[Row]]:
        return {
            "playlist_songs": self.playlist_songs(),
            "playlist_changes": self.playlist_changes(),
            "song_trends": self.song_trends(),
            "artist_trends": self.artist_trends(),
            "genre_trends": self.genre_trends(),
            "label_trends": self.label_trends(),
            "domestic_share": self.domestic_share(),
            "artist_consistency": self.artist_consistency(),
            "release_performance": self.release_performance(),
            "region_links": self.region_links(),
        }

    # Playlists

    def _captures(self, playlist_id: str) -> list[date]:
        """Captured days of a playlist, from the first on which a song stood on it."""
        captured = [
            day for day in self.days if any(row["playlist_id"] == playlist_id for row in self._base[day]["playlists"])
        ]
        first = next((day for day in captured if self._on(playlist_id, day)), None)
        return [] if first is None else [day for day in captured if day >= first]

    def _on(self, playlist_id: str, day: date) -> dict[str, Row]:
        return {place["song_id"]: place for place in self.places[day] if place["playlist_id"] == playlist_id}

    def _playlists(self) -> list[str]:
        return sorted({place["playlist_id"] for day in self.days for place in self.places[day]})

    def _previous(self, playlist_id: str) -> date | None:
        return max((day for day in self._captures(playlist_id) if day < self.today), default=None)

    def _region(self, playlist_id: str, day: date) -> Region:
        return _charts(next(row for row in self._base[day]["playlists"] if row["playlist_id"] == playlist_id))

    def _since(self, playlist_id: str) -> date:
        """The first captured day of the series and region that a playlist has, back from its last capture."""
        captures = self._captures(playlist_id)
        now = self._region(playlist_id, captures[-1])
        since = captures[-1]
        for day in reversed(captures):
            if self._region(playlist_id, day) != now:
                break
            since = day
        return since

    def _tracks(self, playlist_id: str) -> list[Track]:
        """What was ever on a playlist, followed day by day from one id to the next."""
        if playlist_id not in self._tracks_known:
            tracks: list[Track] = []
            for day in self._captures(playlist_id):
                capture(tracks, day, self._on(playlist_id, day), self._empty(playlist_id, day))
            self._tracks_known[playlist_id] = tracks
        return self._tracks_known[playlist_id]

    def _empty(self, playlist_id: str, day: date) -> list[Row]:
        rows = self._base[day]["playlist_items"]
        return [row for row in rows if row["playlist_id"] == playlist_id and row["entry_type"] == "unavailable"]

    def playlist_songs(self) -> list[Row]:
        """What the day says: of songs here now or on the capture before, of those kept or not, of ids that changed."""
        rows: list[Row] = []
        now = self._by_playlist()
        before = Oracle(self._history, self.days[-2])._by_playlist() if len(self.days) > 1 else {}
        captured = {row["playlist_id"] for row in self._base[self.today]["playlists"]}
        for playlist_id in sorted(now.keys() & captured):
            songs, known = now[playlist_id], before.get(playlist_id, {})
            told = [row for row in songs.values() if _says_something(row, known.get(row["song_id"]), self.today)]
            rows += told or [songs[min(songs)]]
            of_playlist = {name: next(iter(songs.values()))[name] for name in OF_PLAYLIST}
            for song_id in known.keys() - songs.keys():
                [heir] = [
                    row["song_id"]
                    for row in songs.values()
                    if row["previous_song_id"] == song_id and row["song_id"] not in known
                ]
                changed = {"snapshot_date": self.today, "is_available": None, "continued_as": heir}
                rows.append(known[song_id] | of_playlist | changed)
        return rows

    def _by_playlist(self) -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.memory():
            found[row["playlist_id"]][row["song_id"]] = row
        return found

    def memory(self) -> list[Row]:
        """All that is known of every song that was ever on a playlist."""
        rows: list[Row] = []
        for playlist_id in self._playlists():
            captures = self._captures(playlist_id)
            for track in self._tracks(playlist_id):
                seen = sorted(track.days)
                last = track.days[seen[-1]]
                peak = min(place["position"] for place in track.days.values())
                until_last = captures[: captures.index(seen[-1]) + 1]
                streak = 0
                for day in reversed(until_last):
                    if day not in track.days:
                        break
                    streak += 1
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "playlist_id": playlist_id,
                        "song_id": track.song_id,
                        "song_name": last["song_name"],
                        "artist_names": last["artist_names"],
                        "first_seen": seen[0],
                        "is_first_seen_known": seen[0] != captures[0],
                        "last_seen": seen[-1],
                        "last_position": last["position"],
                        "days_on_chart": len(seen),
                        "streak": streak,
                        "peak_position": peak,
                        "peak_date": next(day for day in seen if track.days[day]["position"] == peak),
                        "last_capture": captures[-1],
                        "series": self._region(playlist_id, captures[-1])[0],
                        "region": self._region(playlist_id, captures[-1])[1],
                        "region_since": self._since(playlist_id),
                        "recording_id": track.recording,
                        "previous_song_id": track.former_id,
                        "occurrences": last["occurrences"],
                        "added_at": last["added_at"],
                        "linked_from_id": last["linked_from_id"],
                        "is_available": not track.is_gone if track.is_listed else None,
                        "continued_as": None,
                    }
                )
        return rows

    def song_trends(self) -> list[Row]:
        memory = {(row["playlist_id"], row["song_id"]): row for row in self.memory()}
        tracks = {
            (playlist_id, track.song_id): track
            for playlist_id in self._playlists()
            for track in self._tracks(playlist_id)
        }
        rows: list[Row] = []
        for place in self.places[self.today]:
            key = place["playlist_id"], place["song_id"]
            known = memory[key]
            is_first = self._since(place["playlist_id"]) == self.today
            previous = None if is_first else self._previous(place["playlist_id"])
            then = tracks[key].before if previous else None
            movement = then["position"] - place["position"] if then else None
            if previous is None:
                status = "first capture"
            elif movement is None:
                status = "new" if known["first_seen"] == self.today else "re-entry"
            else:
                status = "up" if movement > 0 else "down" if movement < 0 else "same"
            kept = ("peak_position", "peak_date", "days_on_chart", "streak", "first_seen", "is_first_seen_known")
            told = ("playlist_id", "song_id", "series", "region", "song_name", "artist_names", "position", "points")
            rows.append(
                {
                    "snapshot_date": self.today,
                    **{name: place[name] for name in (*told, "release_date", "popularity")},
                    **{name: known[name] for name in (*kept, "recording_id")},
                    "previous_position": then["position"] if then else None,
                    "movement": movement,
                    "status": status,
                    "previous_capture": previous,
                    "previous_song_id": tracks[key].previous_id if then else None,
                    "label": place["label"],
                    "streams": place["streams"],
                    "streams_change_day": self._streams_change(place, 1),
                    "streams_change_week": self._streams_change(place, 7),
                }
            )
        return rows

    def _streams_change(self, place: Row, days: int) -> int | None:
        """Since the last day on which songs stood on the playlist, within a week of that many days ago."""
        on_list = [
            (day, then)
            for day in self.days
            if self._ago(days + 6) <= day <= self._ago(days)
            for then in self.places[day]
            if then["playlist_id"] == place["playlist_id"]
        ]
        last = max((day for day, _ in on_list), default=None)
        for day, then in on_list:
            if day == last and then["song_id"] == place["song_id"]:
                told = None not in (then["streams"], place["streams"])
                return place["streams"] - then["streams"] if told else None
        return None

    def playlist_changes(self) -> list[Row]:
        rows: list[Row] = []
        memory = {(row["playlist_id"], row["song_id"]): row for row in self.memory()}
        for playlist in self._base[self.today]["playlists"]:
            playlist_id, previous = playlist["playlist_id"], self._previous(playlist["playlist_id"])
            if previous is None:
                continue
            for track in self._tracks(playlist_id):
                here = track.days.get(self.today)
                change = track.change(here)
                if change is None:
                    continue
                before, known = track.before, memory[playlist_id, track.song_id]
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "playlist_id": playlist_id,
                        "song_id": track.song_id,
                        "series": _charts(playlist)[0],
                        "region": _charts(playlist)[1],
                        "song_name": known["song_name"],
                        "artist_names": known["artist_names"],
                        "change": change,
                        "position": here["position"] if here else None,
                        "previous_position": before["position"] if before else None,
                        "movement": before["position"] - here["position"] if here and before else None,
                        "first_seen": known["first_seen"],
                        "last_seen": known["last_seen"],
                        "previous_capture": previous,
                        "recording_id": track.recording,
                        "previous_song_id": track.previous_id if track.was_listed else None,
                        "occurrences": here["occurrences"] if here else None,
                        "previous_occurrences": before["occurrences"] if before else None,
                    }
                )
        return rows

    # Regions

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def _compared_with(self, region: Region, days: int) -> date | None:
        around = [day for day in self.regions_captured[region] if self._ago(days + 6) <= day <= self._ago(days)]
        return max(around, default=None)

    def _in_region(self, region: Region, day: date) -> list[Row]:
        return [place for place in self.places[day] if place["charts"] == region]

    def _artist_points(self, region: Region, day: date) -> dict[str, int]:
        points: dict[str, int] = defaultdict(int)
        for place in self._in_region(region, day):
            for artist in place["artists"]:
                points[artist] += place["points"]
        return points

    def _week_points(self, region: Region, day: date) -> dict[str, int]:
        points: dict[str, int] = defaultdict(int)
        for past in self.days:
            if day - timedelta(days=6) <= past <= day:
                for artist, earned in self._artist_points(region, past).items():
                    points[artist] += earned
        return points

    def _name(self, artist_id: str) -> str:
        named = [
            row["name"] for day in self.days for row in self._base[day]["artists"] if row["artist_id"] == artist_id
        ]
        return named[-1]

    def artist_trends(self) -> list[Row]:
        rows: list[Row] = []
        for region in self.regions_today:
            now, week = self._artist_points(region, self.today), self._week_points(region, self.today)
            day_then, week_then = self._compared_with(region, 1), self._compared_with(region, 7)
            then = None if day_then is None else self._artist_points(region, day_then)
            before = None if week_then is None else self._week_points(region, week_then)
            for artist in week:
                held = [
                    place["position"] for place in self._in_region(region, self.today) if artist in place["artists"]
                ]
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "series": region[0],
                        "region": region[1],
                        "artist_id": artist,
                        "artist_name": self._name(artist),
                        "entries": len(held),
                        "best_position": min(held, default=None),
                        "points": now.get(artist, 0),
                        "rank": _rank(now, artist),
                        "points_change": None if then is None else now.get(artist, 0) - then.get(artist, 0),
                        "rank_change": _difference(_rank(then or {}, artist), _rank(now, artist)),
                        "week_points": week[artist],
                        "week_rank": _rank(week, artist),
                        "week_points_change": None if before is None else week[artist] - before.get(artist, 0),
                        "week_rank_change": _difference(_rank(before or {}, artist), _rank(week, artist)),
                        "week_days": sum(day >= self._ago(6) for day in self.regions_captured[region]),
                        "popularity": self._artist(artist).get("popularity"),
                        **self._artist_streams(region, artist, day_then, week_then),
                    }
                )
        return rows

    def _artist_streams(self, region: Region, artist: str, day_then: date | None, week_then: date | None) -> Row:
        def told(last: date | None, days: int) -> int | None:
            if last is None:
                return None
            found = [
                place["streams"]
                for day in self.regions_captured[region]
                if last - timedelta(days=days - 1) <= day <= last
                for place in self._in_region(region, day)
                if artist in place["artists"] and place["streams"] is not None
            ]
            return sum(found) if found else None

        now, week = told(self.today, 1), told(self.today, 7)
        return {
            "streams": now,
            "streams_change": _difference(now, told(day_then, 1)),
            "week_streams": week,
            "week_streams_change": _difference(week, told(week_then, 7)),
        }

    def _genre_streams(self, region: Region, day: date | None) -> dict[str, float] | None:
        """Streams of each genre of a day; None where no charts of the region tell any then."""
        if day is None:
            return None
        genres_of = {row["artist_id"]: row["genres"] for row in self._base[day]["artists"]}
        streams: dict[str, float] = defaultdict(float)
        for place in self._in_region(region, day):
            for artist in sorted(place["artists"]) or [""]:
                genres = sorted(set(genres_of.get(artist) or [])) or ["unknown"]
                for genre in genres:
                    streams[genre] += (place["streams"] or 0) / max(len(place["artists"]), 1) / len(genres)
        return streams if sum(streams.values()) > 0 else None

    def _genre_points(self, region: Region, day: date) -> tuple[dict[str, float], dict[str, set[str]]]:
        genres_of = {row["artist_id"]: row["genres"] for row in self._base[day]["artists"]}
        points: dict[str, float] = defaultdict(float)
        artists: dict[str, set[str]] = defaultdict(set)
        for place in self._in_region(region, day):
            for artist in sorted(place["artists"]) or [""]:
                genres = sorted(set(genres_of.get(artist) or [])) or ["unknown"]
                for genre in genres:
                    points[genre] += place["points"] / max(len(place["artists"]), 1) / len(genres)
                    artists[genre] |= {artist} - {""}
        return points, artists

    def genre_trends(self) -> list[Row]:
        rows: list[Row] = []
        for region in self.regions_today:
            points, artists = self._genre_points(region, self.today)
            shares = _shares(points)
            then = {
                days: None
                if (day := self._compared_with(region, days)) is None
                else _shares(self._genre_points(region, day)[0])
                for days in (7, 28)
            }
            streams = self._genre_streams(region, self.today)
            streams_shares = None if streams is None else _shares(streams)
            streams_then = {days: self._genre_streams(region, self._compared_with(region, days)) for days in (7, 28)}
            for genre in shares.keys() | (then[7] or {}).keys() | (then[28] or {}).keys():
                share = shares.get(genre, 0.0)
                streams_share = None if streams_shares is None else streams_shares.get(genre, 0.0)
                streams_changes = {
                    f"streams_share_change_{days}_days": None
                    if known is None or streams_share is None
                    else streams_share - _shares(known).get(genre, 0.0)
                    for days, known in streams_then.items()
                }
                changes = {
                    f"share_change_{days}_days": None if known is None else share - known.get(genre, 0.0)
                    for days, known in then.items()
                }
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "series": region[0],
                        "region": region[1],
                        "genre": genre,
                        "points": points.get(genre, 0.0),
                        "share": share,
                        "artists": len(artists.get(genre, ())),
                        **changes,
                        "streams": None if streams is None else streams.get(genre, 0.0),
                        "streams_share": streams_share,
                        **streams_changes,
                    }
                )
        return rows

    def _labels(self, region: Region, day: date) -> dict[str, list[Row]]:
        """The places of each label; none where the charts tell no label at all."""
        places: dict[str, list[Row]] = defaultdict(list)
        if any(place["label"] is not None for place in self._in_region(region, day)):
            for place in self._in_region(region, day):
                places[place["label"] or "unknown"].append(place)
        return places

    def label_trends(self) -> list[Row]:
        rows: list[Row] = []
        for region in self.regions_today:
            today = self._labels(region, self.today)
            if not today:
                continue
            told = [day for day in self.regions_captured[region] if self._labels(region, day)]
            then: dict[int, dict[str, list[Row]]] = {}
            for days in (7, 28):
                around = [day for day in told if self._ago(days + 6) <= day <= self._ago(days)]
                then[days] = self._labels(region, max(around)) if around else {}
            for label in {*today, *then[7], *then[28]}:
                shares = {"share": _part(today, label, "points"), "streams_share": _part(today, label, "streams")}
                changes: Row = {}
                for days, known in then.items():
                    for name, now in shares.items():
                        before = _part(known, label, "points" if name == "share" else "streams")
                        change = None if now is None or before is None else now - before
                        changes[f"{name}_change_{days}_days"] = change
                places = today.get(label, ())
                streams = sum(place["streams"] or 0 for place in places)
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "series": region[0],
                        "region": region[1],
                        "label": label,
                        "songs": len(places),
                        "points": sum(place["points"] for place in places),
                        "streams": streams if shares["streams_share"] is not None else None,
                        **shares,
                        **changes,
                    }
                )
        return rows

    def domestic_share(self) -> list[Row]:
        rows: list[Row] = []
        for region in self.regions_today:
            if len(region[1]) != 2:
                continue
            country = {"UK": "GB"}.get(region[1].upper(), region[1].upper())
            points = {"domestic": 0.0, "foreign": 0.0, "unknown": 0.0}
            artists: dict[str, str | None] = {}
            streams = {"domestic": 0.0, "foreign": 0.0, "unknown": 0.0}
            tells = any(place["streams"] is not None for place in self._in_region(region, self.today))
            for place in self._in_region(region, self.today):
                for artist in place["artists"] or [""]:
                    origin = self._artist(artist).get("country")
                    kind = "unknown" if origin is None else "domestic" if origin == country else "foreign"
                    points[kind] += place["points"] / max(len(place["artists"]), 1)
                    streams[kind] += (place["streams"] or 0) / max(len(place["artists"]), 1)
                    artists[artist] = origin
            total = sum(points.values())
            artists.pop("", None)
            held = {(place["playlist_id"], place["position"]) for place in self._in_region(region, self.today)}
            empty = [
                playlist["entries"] + 1 - position
                for playlist in self._base[self.today]["playlists"]
                if _charts(playlist) == region
                for position in range(1, playlist["entries"] + 1)
                if (playlist["playlist_id"], position) not in held
            ]
            rows.append(
                {
                    "snapshot_date": self.today,
                    "series": region[0],
                    "region": region[1],
                    "country": country,
                    "points": total,
                    **{f"{kind}_points": earned for kind, earned in points.items()},
                    "share": points["domestic"] / total if points["domestic"] or points["foreign"] else None,
                    "known_share": (points["domestic"] + points["foreign"]) / total,
                    "artists": len(artists),
                    "domestic_artists": sum(origin == country for origin in artists.values()),
                    "points_without_song": sum(empty),
                    "streams": sum(streams.values()) if tells else None,
                    "domestic_streams": streams["domestic"] if tells else None,
                    "streams_share": streams["domestic"] / sum(streams.values())
                    if sum(streams.values()) and (points["domestic"] or points["foreign"])
                    else None,
                }
            )
        return rows

    def artist_consistency(self) -> list[Row]:
        rows: list[Row] = []
        for region in self.regions_today:
            captured = [day for day in self.regions_captured[region] if day >= self._ago(27)]
            best: dict[str, dict[date, int]] = defaultdict(dict)
            for day in captured:
                for place in self._in_region(region, day):
                    for artist in place["artists"]:
                        best[artist][day] = min(best[artist].get(day, place["position"]), place["position"])
            length: dict[date, int] = {
                day: max(place["entries"] for place in self._in_region(region, day)) for day in captured
            }
            for artist, held in best.items():
                placed: dict[date, int] = {day: held.get(day, length[day] + 1) for day in captured}
                climbs = [
                    placed[then] - held[now]
                    for now in held
                    for then in captured
                    if now - timedelta(days=3) <= then < now
                ]
                recent = [placed[day] for day in captured if day >= self._ago(6)]
                earlier = [placed[day] for day in captured if day < self._ago(6)]
                row: Row = {
                    "snapshot_date": self.today,
                    "series": region[0],
                    "region": region[1],
                    "artist_id": artist,
                    "artist_name": self._name(artist),
                    "days_captured": len(captured),
                    "days_present": len(held),
                    "mean_position": fmean(held.values()),
                    "position_spread": pstdev(held.values()),
                    "steepest_climb": max([0, *climbs]),
                    "trend": fmean(earlier) - fmean(recent) if earlier and recent else None,
                    "chart_length": max(length.values()),
                }
                rows.append({**row, "label": _label(row)})
        return rows

    def release_performance(self) -> list[Row]:
        rows: list[Row] = []
        window = [day for day in self.days if day >= self._ago(56)]
        for playlist_id in self._playlists():
            self._tracks(playlist_id)
        in_order = [
            place for day in window for place in sorted(self.places[day], key=lambda place: place["playlist_id"])
        ]
        recording = {place["song_id"]: place["recording"] for place in in_order}
        last: dict[str, Row] = {}
        for day in window:
            worst_first = sorted(
                self.places[day], key=lambda place: (place["position"], place["song_id"]), reverse=True
            )
            last |= {recording[place["song_id"]]: place for place in worst_first}
        popularity = {row["song_id"]: row["popularity"] for row in self._base[self.today]["songs"]}
        for region in self.regions_today:
            for told in last.values():
                song_id = told["song_id"]
                released = told["release_date"]
                if released is None or released < self._ago(56):
                    continue
                positions = {
                    day: min(held)
                    for day in window
                    if day >= released
                    and (
                        held := [
                            place["position"]
                            for place in self._in_region(region, day)
                            if recording[place["song_id"]] == recording[song_id]
                        ]
                    )
                }
                if not positions:
                    continue
                peak = min(positions.values())
                peak_date = min(day for day, position in positions.items() if position == peak)
                rows.append(
                    {
                        "snapshot_date": self.today,
                        "series": region[0],
                        "region": region[1],
                        "song_id": song_id,
                        "song_name": told["song_name"],
                        "artist_names": told["artist_names"],
                        "release_date": released,
                        "days_since_release": (self.today - released).days,
                        "debut_date": min(positions),
                        "debut_position": positions[min(positions)],
                        "is_debut_known": min(positions) == released
                        or not self._is_first_capture(region, recording[song_id], recording, min(positions)),
                        "peak_position": peak,
                        "peak_date": peak_date,
                        "days_to_peak": (peak_date - released).days,
                        "days_on_chart": len(positions),
                        "position": positions.get(self.today),
                        "popularity": popularity.get(song_id),
                    }
                )
        return rows

    def _is_first_capture(self, region: Region, wanted: str, recording: Mapping[str, str], day: date) -> bool:
        """Whether a playlist with the song was captured for the first time in the region that day."""
        if day not in self._as_of:
            self._as_of[day] = Oracle(self._history, day)
        then = self._as_of[day]
        return any(
            then._since(place["playlist_id"]) == day
            for place in self._in_region(region, day)
            if recording[place["song_id"]] == wanted
        )

    def region_links(self) -> list[Row]:
        rows: list[Row] = []
        for playlist_id in self._playlists():
            self._tracks(playlist_id)
        songs = {
            region: {place["recording"] for place in self._in_region(region, self.today)}
            for region in self.regions_today
        }
        arrivals = {region: self._arrivals(region) for region in self.regions_today}
        for here, there in permutations(self.regions_today, 2):
            if here[0] != there[0]:
                continue
            shared = songs[here] & songs[there]
            leads = [
                (arrivals[there][song] - arrivals[here][song]).days
                for song in shared
                if song in arrivals[here] and song in arrivals[there]
            ]
            lead = median(leads) if leads else None
            rows.append(
                {
                    "snapshot_date": self.today,
                    "series": here[0],
                    "region": here[1],
                    "other_region": there[1],
                    "songs": len(songs[here]),
                    "other_songs": len(songs[there]),
                    "shared_songs": len(shared),
                    "songs_only_here": len(songs[here] - songs[there]),
                    "overlap": len(shared) / len(songs[here] | songs[there]),
                    "compared_songs": len(leads),
                    "median_lead_days": lead,
                    "leader": None if not lead else here[1] if lead > 0 else there[1],
                }
            )
        return rows

    def _arrivals(self, region: Region) -> dict[str, date]:
        """Recordings that were seen to arrive on the playlists that are the region's charts today."""
        found: dict[str, tuple[date, bool]] = {}
        for playlist_id in {place["playlist_id"] for place in self._in_region(region, self.today)}:
            since = self._since(playlist_id)
            for track in self._tracks(playlist_id):
                if track.last < since:
                    continue
                # Before the region was this one, the song may have come and gone without coming to the region.
                was_there = min(track.days) <= since
                first = since if was_there else min(track.days)
                known = found.get(track.recording)
                if known is None or first < known[0]:
                    found[track.recording] = first, was_there
                elif first == known[0]:
                    found[track.recording] = first, was_there or known[1]
        return {recording: first for recording, (first, was_there) in found.items() if not was_there}


def _charts(playlist: Row) -> Region:
    """What a playlist is told of together with: its series, and its region."""
    series = playlist["chart_type"] if playlist["chart_type"] is not None else "playlist"
    if playlist["recurrence"] is not None:
        series += f"-{playlist['recurrence']}"
    return series, playlist["region"] if playlist["region"] is not None else "unassigned"


def _rank(points: Mapping[str, int], artist: str) -> int | None:
    return 1 + sum(earned > points[artist] for earned in points.values()) if points.get(artist) else None


def _difference(then: int | None, now: int | None) -> int | None:
    return None if then is None or now is None else then - now


def _part(labels: Mapping[str, list[Row]], label: str, measure: str) -> float | None:
    """A label's part of all points or streams; None where none are told."""
    told = {name: sum(place[measure] or 0 for place in places) for name, places in labels.items()}
    total = sum(told.values())
    return told.get(label, 0) / total if total else None


def _shares(points: Mapping[str, float]) -> dict[str, float]:
    total = sum(points.values())
    return {genre: earned / total for genre, earned in points.items()}


def _label(row: Row) -> str:
    length, trend = row["chart_length"], row["trend"] or 0.0
    if 2 * row["steepest_climb"] >= length:
        return "viral"
    if 2 * row["days_present"] < row["days_captured"]:
        return "occasional"
    if 10 * trend >= length:
        return "rising"
    return "fading" if 10 * trend <= -length else "steady"


def _says_something(row: Row, before: Row | None, today: date) -> bool:
    was_here = before is not None and before["last_seen"] == before["last_capture"]
    is_kept_otherwise = before is not None and before["is_available"] != row["is_available"]
    return row["last_seen"] == today or was_here or is_kept_otherwise
