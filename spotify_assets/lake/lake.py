"""A lake as a whole: its home with the raw zone, its staging and its catalog."""

from contextlib import suppress
from datetime import date

from spotify_assets.config import Settings
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.raw_events import RawEvents
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.lake.staging import NotAudited, Stage, Staging
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS


class Lake(RawLake):
    """One lake. Opening it touches nothing; writing to it first claims it for its source."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        queue = settings.raw_events_queue_url
        self.raw_events = RawEvents(queue, self.raw_storage) if queue else None
        self.catalog = Catalog(self.storage, settings.glue_database)
        self.staging = Staging(self.storage, self.catalog, BASE)
        self.insight_staging = Staging(self.storage, self.catalog, INSIGHTS)

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

    def publish_insights(self, days: list[date]) -> dict[str, list[date]]:
        """Publishes the staged insights of `days`; gives the days that changed per table.

        Raises:
            NotAudited: a day's stage has not passed its audit; nothing is published then.
        """
        return self._publish(self.insight_staging, days)[1]

    def _publish(self, staging: Staging, days: list[date]) -> tuple[list[Stage], dict[str, list[date]]]:
        self.claim()
        tables = staging.group.tables
        stages = {day: staging.proven(day) for day in days}
        changed = {name: set[date]() for name in tables}
        publishing = stages
        while publishing:
            for name, table in tables.items():
                files = {day: self._addresses(stage, name) for day, stage in publishing.items()}
                changed[name].update(self.catalog.publish(table, files))
            publishing = _overtaken(staging, stages)
            stages |= publishing
        return list(stages.values()), {name: sorted(published) for name, published in changed.items()}

    def _addresses(self, stage: Stage, table_name: str) -> list[str]:
        return [self.storage.address(key) for key in stage.keys(table_name)]


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
