"""A lake and a Dagster instance of each released version go on under the current one, by themselves."""

import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from filelock import FileLock

from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.config import Settings
from spotify_assets.definitions import defs
from spotify_assets.lake.declared_days import changed_days
from spotify_assets.lake.first_day import FOLDER
from spotify_assets.lake.insight_inputs import BaseDays
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.schemas import BASE, INSIGHTS
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.conftest import HISTORY_START
from spotify_assets_tests.support.processes.prepared import run_command
from spotify_assets_tests.upgrades.make_released import HOMES, RELEASED, environment

ROOT = Path(__file__).parents[2]
VERSIONS = sorted(path.name.removesuffix(".tar.xz") for path in RELEASED.glob("*.tar.xz"))


@dataclass
class Home:
    """A lake and an instance where a released version left them."""

    folder: Path
    lake: Lake
    released: dict[str, pl.DataFrame]

    def run(self, *arguments: str) -> str:
        """What a command of the current version prints here."""
        done = run_command(arguments, self.folder, {**environment(self.folder), "PYTHONPATH": str(ROOT)})
        assert done.returncode == 0, done.stderr
        return done.stdout


def base_tables(lake: Lake) -> dict[str, pl.DataFrame]:
    return {name: lake.catalog.scan(table).sort(table.order).collect() for name, table in BASE.tables.items()}


@pytest.fixture(scope="module", params=VERSIONS)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    """The home of a version, after one `run` of the current version in it."""
    folder = HOMES / request.param
    HOMES.mkdir(exist_ok=True)
    with FileLock(HOMES / f"{request.param}.lock"):
        shutil.rmtree(folder, ignore_errors=True)
        with tarfile.open(RELEASED / f"{request.param}.tar.xz") as kept:
            kept.extractall(folder, filter="data")
        lake = Lake(Settings(lake_url=str(folder / "lake"), spotify_source="sample", history_start=HISTORY_START))
        found = Home(folder, lake, base_tables(lake))
        found.run("run", "--days", "1")
        yield found
        shutil.rmtree(folder)


def test_the_days_of_the_released_version_stay_as_they_were_and_today_is_added(home: Home) -> None:
    now, today = base_tables(home.lake), datetime.now(UTC).date()
    for name, before in home.released.items():
        earlier = now[name].filter(pl.col("snapshot_date") < today)
        assert earlier.select(before.columns).equals(before), name
    assert home.released["playlists"]["snapshot_date"].n_unique() == 3
    assert now["playlists"].filter(snapshot_date=today).height == 2


def test_its_first_published_day_is_remembered_as_that_of_the_lake(home: Home) -> None:
    assert [found.key for found in home.lake.storage.list(FOLDER)] == [f"{FOLDER}/2026-03-01"]


def test_insights_of_all_days_are_those_that_the_current_version_makes(home: Home) -> None:
    days: list[date] = list(home.lake.published_days().whole)
    base, earlier = BaseDays(home.lake, days), NOTHING_EARLIER
    assert len(days) == 4
    for day in days:
        frames = build_insights(day, base.read(day), earlier)
        earlier = earlier.followed_by(day, frames)
        for name, table in INSIGHTS.tables.items():
            published = home.lake.catalog.scan(table).filter(snapshot_date=day).sort(table.order).collect()
            # Columns that are newer than the table are its last.
            assert published.select(frames[name].columns).equals(frames[name]), (name, day)


def test_rows_of_all_days_say_their_series_which_is_that_of_playlists(home: Home) -> None:
    days = set(home.lake.published_days().whole)
    for name, table in INSIGHTS.tables.items():
        # Playlists tell no labels.
        if "series" not in table.schema.column_names() or name == "label_trends":
            continue
        told = home.lake.catalog.collect(table)
        assert set(told["series"]) == {"playlist"}, name
        # A chart's songs are nowhere told to be new on its first day, so that nothing has changed then.
        assert days - set(told["snapshot_date"]) <= ({min(days)} if name == "playlist_changes" else set()), name
        found = home.lake.catalog.load(table)
        assert found is not None
        # Files of the released version lack it: they stay readable for as long as they are history.
        assert not found.schema().find_field("series").required, name
        assert not found.schema().identifier_field_ids or "series" not in table.key, name


def test_nothing_is_left_unfinished_and_a_second_run_finds_nothing_to_do(home: Home) -> None:
    assert not look_for_unfinished(home.lake)
    # Whatever the file says by now: what was captured keeps what was true then.
    captured = base_tables(home.lake)["playlists"]["playlist_id"].unique()
    assert changed_days(home.lake, [DeclaredPlaylist(playlist_id, region="de") for playlist_id in captured]) == {}
    assert "nothing to do" in home.run("run", "--days", "1")


def test_the_instance_keeps_its_runs_and_learns_what_is_published_under_new_names(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(home.folder / ".dagster"))
    with dg.DagsterInstance.from_config(str(home.folder / ".dagster")) as instance:
        assert len(instance.get_runs()) >= 2
        context = dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": home.lake})
        found = unfinished_days.evaluate_tick(context)
        told = {
            (event.asset_key.to_user_string(), event.partition)
            for event in found.asset_events
            if isinstance(event, dg.AssetMaterialization)
        }
    days = [str(day) for day in home.lake.published_days().whole]
    # Today was published by a run of the current version, and its insights with those of the days before.
    assert told == {("published_tables", day) for day in days[:-1]}
