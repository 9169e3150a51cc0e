"""A lake as a whole: its raw zone, staging, catalog, and the one source that fills it."""

from contextlib import suppress
from datetime import UTC, date, datetime

import msgspec

from spotify_assets.config import Settings, Source
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.location import Location
from spotify_assets.lake.raw import RawZone
from spotify_assets.lake.raw_events import RawEvents
from spotify_assets.lake.staging import NotAudited, Stage, Staging
from spotify_assets.schemas import BASE

MARKER = "lake.json"


class Marker(msgspec.Struct, frozen=True):
    """What a lake remembers of itself."""

    source: Source
    created_at: str | None = None


class WrongSource(LakeError):
    """The lake holds data of another source than the one configured."""


class Lake:
    """One lake. Opening it touches nothing; writing to it first claims it for its source."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.location = Location(settings.lake_url, settings.aws_endpoint_url)
        self.raw_location = Location(settings.raw_url or settings.lake_url, settings.aws_endpoint_url)
        self.raw = RawZone(self.raw_location, settings.history_start)
        queue = settings.raw_events_queue_url
        self.raw_events = RawEvents(queue, self.raw_location) if queue else None
        self.catalog = Catalog(self.location, settings.glue_database)
        self.staging = Staging(self.location, self.catalog, BASE)

    def source(self) -> Source | None:
        """The source that fills this lake, or None while it is new."""
        return _source_of(self.location)

    def claim(self) -> Source:
        """Makes sure that this lake belongs to the configured source, and remembers it in a new lake.

        Raises:
            WrongSource: it belongs to the other one, whatever else is configured.
        """
        self.require_source()
        marker = Marker(self.settings.spotify_source, datetime.now(UTC).isoformat())
        for home in self._homes():
            home.create(MARKER, msgspec.json.encode(marker))
        return self.require_source()

    def require_source(self) -> Source:
        """The configured source, unless this lake holds data of the other; a new lake stays unclaimed.

        Raises:
            WrongSource: it belongs to the other one, or its raw objects do.
        """
        wanted = self.settings.spotify_source
        for home in self._homes():
            held = _source_of(home)
            if held not in (None, wanted):
                raise WrongSource(
                    f"The lake {home.url} holds {held} data but SPOTIFY_SOURCE={wanted}. The two are never "
                    f"mixed: set LAKE_URL and RAW_URL to other homes, or SPOTIFY_SOURCE={held}."
                )
        return wanted

    def _homes(self) -> list[Location]:
        """The home of the tables and that of the raw objects, once where they are the same."""
        return list(dict.fromkeys((self.location, self.raw_location)))

    def publish(self, days: list[date]) -> dict[str, list[date]]:
        """Publishes the staged tables of `days`, dimensions before facts; gives the days that changed per table.

        Proves every day before the first commit, and files the raw objects as processed after the last.

        Raises:
            NotAudited: a day's stage has not passed its audit; nothing is published then.
        """
        stages, changed = self._publish(self.staging, days)
        for stage in stages:
            self.raw.file_as_processed(stage.inputs)
        return changed

    def _publish(self, staging: Staging, days: list[date]) -> tuple[list[Stage], dict[str, list[date]]]:
        self.claim()
        tables = staging.group.tables
        stages = {day: staging.proven(day) for day in days}
        changed = {name: set[date]() for name in tables}
        publishing = stages
        while publishing:
            for name, table in tables.items():
                files = {day: self._address(stage, name) for day, stage in publishing.items()}
                changed[name].update(self.catalog.publish(table, files))
            publishing = _overtaken(staging, stages)
            stages |= publishing
        return list(stages.values()), {name: sorted(published) for name, published in changed.items()}

    def _address(self, stage: Stage, table_name: str) -> str | None:
        key = stage.files[table_name].key
        return None if key is None else self.location.address(key)


def _overtaken(staging: Staging, stages: dict[date, Stage]) -> dict[date, Stage]:
    """Newer stages that other runs proved meanwhile: their tables must not end up beneath the older ones.

    A newer stage that is still to be audited will be published by its own run, later than all of this.
    """
    newer: dict[date, Stage] = {}
    for day, stage in stages.items():
        current = staging.current(day)
        if current is not None and current.content != stage.content:
            with suppress(NotAudited):
                newer[day] = staging.proven(day)
    return newer


def _source_of(home: Location) -> Source | None:
    data = home.read_if_any(MARKER)
    try:
        return None if data is None else msgspec.json.decode(data, type=Marker).source
    except msgspec.MsgspecError as error:
        raise LakeError(
            f"{MARKER} in {home.url} does not say whose data it holds ({error}). "
            'Put back {"source": "sample"} or {"source": "spotify"}, whichever filled it.'
        ) from error
