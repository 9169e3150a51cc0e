"""A complete lake: its home with the raw zone, its staging and its catalog."""

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from spotify_assets.aws.client import PATIENCE, Patience
from spotify_assets.config import Settings
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.errors import CATALOG_FILE, LakeError
from spotify_assets.lake.first_day import FirstDay
from spotify_assets.lake.marks import Mark, Marks, PublishedDays, digits
from spotify_assets.lake.published_day import content_of
from spotify_assets.lake.raw_events import RawEvents
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.lake.reference import artist_reference, track_reference
from spotify_assets.lake.side_by_side import side_by_side
from spotify_assets.lake.staging import NotAudited, Stage, Staging
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import SAYING

# Content hashes of published days, per table and day.
Contents = Mapping[str, Mapping[date, str]]


@dataclass(frozen=True)
class Publication:
    """Result of a publish: the stages now published, the days that changed per table, the days held back."""

    stages: Mapping[date, Stage]
    changed: Mapping[str, list[date]]
    held_back: Mapping[date, NotAudited] = field(default_factory=dict)


class Lake(RawLake):
    """One lake. Opening it touches nothing; writing to it first claims it for its source.

    With `of_a_run`, a table is loaded once, until the marks show that somebody published; files that are never
    rewritten are read once.
    """

    def __init__(self, settings: Settings, patience: Patience = PATIENCE, *, of_a_run: bool = False) -> None:
        super().__init__(settings, patience, of_a_run=of_a_run)
        queue = settings.raw_events_queue_url
        self.raw_events = RawEvents(queue, self.raw_storage) if queue else None
        self.catalog = Catalog(self.storage, settings.glue_database, remembers=of_a_run)
        self.staging = Staging(self.storage, self.catalog, BASE)
        self.insight_staging = Staging(self.storage, self.catalog, INSIGHTS)
        self.stagings = (self.staging, self.insight_staging)
        self.track_details = track_reference(self.raw_storage, self.catalog.files)
        self.artist_details = artist_reference(self.raw_storage, self.catalog.files)
        self._first_day = FirstDay(self.storage)
        # Groups whose tables have been found once, and their last marks.
        self._with_tables = set[str]()
        self._told: dict[str, PublishedDays] = {}
        # The memory of days that was read last, by its version.
        self.memories: dict[str, pl.DataFrame] = {}

    def remember(self, version: str, memory: pl.DataFrame) -> None:
        """Keeps a memory of days for later steps of the run, in place of the last one."""
        if self._of_a_run:
            self.memories = {version: memory}

    def first_day(self) -> date | None:
        """The first day of history here: the one remembered, or else the first published; None while new."""
        remembered = self._first_day.read()
        return self._first_published() if remembered is None else remembered

    def begin_history(self, days: Iterable[date]) -> date | None:
        """Remembers the first of these days as the lake's, unless it has an earlier one; returns its first day."""
        remembered = self._first_day.read()
        known = self._first_published() if remembered is None else remembered
        first = min(known or date.max, min(days, default=date.max))
        if first == date.max:
            return None
        if first != remembered:
            self._first_day.move_back(first)
        return first

    def _first_published(self) -> date | None:
        """The first day of a lake that was filled before its first day was remembered."""
        published = Marks(self.storage, self.staging.group.name).look()
        return min({*published.whole, *published.begun}, default=None)

    def read_ahead(self, staging: Staging, days: Iterable[date]) -> None:
        """Looks up in parallel what all tables of a group hold of these days, which a run asks of each later."""
        wanted, tables = list(days), staging.group.tables.values()
        if self._of_a_run:
            look = partial(self.catalog.published, days=wanted)
            deque(side_by_side(look, tables, self.catalog.at_once), maxlen=0)

    def published_days(self) -> PublishedDays:
        """The days whose base tables are published, completely or in part."""
        return self._published(self.staging)

    def is_captured(self, day: date) -> bool:
        """Whether a staged day holds more than imports, which are history whatever their day is."""
        stage = self.staging.current(day)
        return stage is not None and any(not entry.is_import for entry in stage.inputs)

    def published_insights(self) -> PublishedDays:
        """The days whose insights are published, completely or in part."""
        return self._published(self.insight_staging)

    def publish(self, days: list[date]) -> Publication:
        """Publishes the staged tables of `days`, dimensions before facts; only days that are not proven are held back.

        Moves the raw objects of a day to `processed` after the last commit.

        Raises:
            NotAudited: no day's stage has passed its audit; nothing is published then.
        """
        publication = self._publish(self.staging, days)
        for stage in publication.stages.values():
            self.raw.file_as_processed(stage.inputs)
        return publication

    def publish_insights(self, days: list[date]) -> Publication:
        """Publishes the staged insights of `days`; only days that are not proven are held back.

        Raises:
            NotAudited: no day's stage has passed its audit; nothing is published then.
        """
        return self._publish(self.insight_staging, days)

    def _publish(self, staging: Staging, days: list[date]) -> Publication:
        self.claim()
        stages, held_back = _proven(staging, days)
        if held_back and not stages:
            raise next(iter(held_back.values()))
        marks, before = Marks(self.storage, staging.group.name), self._published(staging)
        changed = {name: set[date]() for name in staging.group.tables}
        publishing = stages
        while publishing:
            wanted = {day: mark_of(stage) for day, stage in publishing.items()}
            changing = {day: mark for day, mark in wanted.items() if before.whole.get(day) != mark}
            marks.begin(changing, before)
            for wave in staging.group.waves():
                publish = partial(self._publish_table, staging, publishing)
                published = side_by_side(publish, wave, self.catalog.at_once)
                for name, days_of_table in zip(wave, published, strict=True):
                    changed[name].update(days_of_table)
            marks.make(changing)
            publishing = _overtaken(staging, stages)
            # A run that overtook writes the mark of its own stage, whether it is here already or still to come.
            marks.withdraw({day: mark for day, mark in changing.items() if day in publishing})
            stages |= publishing
        self._expect(staging, before, stages)
        return Publication(stages, {name: sorted(published) for name, published in changed.items()}, held_back)

    def _published(self, staging: Staging) -> PublishedDays:
        marks = Marks(self.storage, staging.group.name)
        found = marks.look()
        if found.begun or found != self._told.get(staging.group.name):
            # Later reads must be as new as these tables.
            self.catalog.look_anew(staging.group.tables.values())
        self._told[staging.group.name] = found
        if found.whole:
            self._require_tables(staging)
        return found if found.whole or found.begun else self._mark_an_older_lake(staging, marks)

    def _expect(self, staging: Staging, before: PublishedDays, stages: Mapping[date, Stage]) -> None:
        """The next marks unless somebody else publishes: the tables are loaded as this publish left them."""
        whole = dict(before.whole) | {day: mark_of(stage) for day, stage in stages.items()}
        self._told[staging.group.name] = PublishedDays(whole, before.begun - stages.keys())

    def _require_tables(self, staging: Staging) -> None:
        """Building on days whose tables are missing would mistake the next day for the beginning of history.

        Raises:
            LakeError: the catalog has them elsewhere, or was lost.
        """
        if staging.group.name in self._with_tables:
            return
        if self.catalog.load(next(iter(staging.group.tables.values()))) is None:
            catalog = "GLUE_DATABASE" if self.storage.is_s3 else CATALOG_FILE
            raise LakeError(
                f"{self.storage.url} has published days, but its catalog has no tables: {catalog} is another one, or "
                "was lost. Restore it, or rebuild the tables from raw/: spotify-assets rebuild"
            )
        self._with_tables.add(staging.group.name)

    def _mark_an_older_lake(self, staging: Staging, marks: Marks) -> PublishedDays:
        """Marks the days of a lake that was published before there were marks.

        A day is complete if each table holds the files of its stage; any other day counts as begun, and is rebuilt.
        """
        contents = self.contents(staging)
        whole: dict[date, Mark] = {}
        days = set[date]().union(*contents.values())
        for day in sorted(days):
            stage = staging.current(day)
            if stage is not None and holds(contents, stage):
                whole[day] = mark_of(stage)
        marks.begin(days - whole.keys(), PublishedDays({}, frozenset()))
        marks.make(whole)
        return PublishedDays(whole, frozenset(days - whole.keys()))

    def contents(self, staging: Staging) -> Contents:
        """What the catalog holds of a group of tables."""
        return {
            name: {day: found.content for day, found in self.catalog.published(table).items()}
            for name, table in staging.group.tables.items()
        }

    def _publish_table(self, staging: Staging, stages: Mapping[date, Stage], name: str) -> list[date]:
        """Publishes the staged files of one table; returns the days that changed."""
        files = {day: [self.storage.address(key) for key in stage.keys(name)] for day, stage in stages.items()}
        return self.catalog.publish(staging.group.tables[name], files)


def holds(contents: Contents, stage: Stage) -> bool:
    """Whether each table holds the files of a stage."""
    return all(
        content_of(stage.keys(name)) == held.get(stage.snapshot_date, content_of([])) for name, held in contents.items()
    )


def mark_of(stage: Stage) -> Mark:
    """The mark of a day that is published as staged."""
    says = [stage.tables[name].content for name in SAYING if name in stage.tables]
    return Mark(digits(stage.content), stage.made_from or "", tuple(digits(said) if said else "" for said in says))


def _proven(staging: Staging, days: list[date]) -> tuple[dict[date, Stage], dict[date, NotAudited]]:
    stages: dict[date, Stage] = {}
    held_back: dict[date, NotAudited] = {}
    for day in days:
        try:
            stages[day] = staging.proven(day)
        except NotAudited as error:
            held_back[day] = error
    return stages, held_back


def _overtaken(staging: Staging, stages: dict[date, Stage]) -> dict[date, Stage]:
    """Newer stages that other runs proved meanwhile: older ones must not overwrite their tables.

    A newer stage that is not audited yet will be published by its own run, later than all of this.
    """
    newer: dict[date, Stage] = {}
    for day, stage in stages.items():
        current = staging.current(day)
        if current is not None and current.content != stage.content:
            with suppress(NotAudited):
                newer[day] = staging.proven(day)
    return newer
