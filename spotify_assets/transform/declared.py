"""What `playlists.yaml` says of playlists that others land: region, series, tags, and a name if there is none.

It counts for raw objects without this platform's envelope: the envelope says what was true at capture. A chart's own
id comes before it: `regional-de-daily` itself names its series and region.
"""

from collections.abc import Iterable, Sequence

import msgspec
import polars as pl

from spotify_assets.spotify.payloads import ID, LIKED
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.candidates import OTHERS

# Columns of `playlists` that it sets.
DECLARED = {
    "name": pl.String,
    "region": pl.String,
    "chart_type": pl.String,
    "recurrence": pl.String,
    "tags": pl.List(pl.String),
}


def with_declared(playlists: pl.DataFrame, declared: Sequence[DeclaredPlaylist]) -> pl.DataFrame:
    """Rows of `playlists`; those without an envelope get what is declared of them."""
    joined = _joined(playlists, declared)
    takes, is_chart = _takes(), says_itself()
    series = {name: pl.col(f"declared_{name}") for name in ("region", "chart_type", "recurrence")}
    return joined.with_columns(
        pl.when(takes).then(pl.coalesce(_told_name(), "declared_name", "name")).otherwise("name").alias("name"),
        *(
            pl.when(takes & ~is_chart).then(pl.coalesce(said, name)).otherwise(name).alias(name)
            for name, said in series.items()
        ),
        pl.when(takes).then("declared_tags").otherwise("tags").alias("tags"),
    ).select(playlists.columns)


def what_counts(playlists: pl.DataFrame, declared: Sequence[DeclaredPlaylist]) -> list[DeclaredPlaylist]:
    """The declarations that these observed rows use: the less, the more they say themselves; by id."""
    rows = _joined(playlists, declared).filter(_takes())
    said = rows.select(
        "playlist_id",
        name=pl.when(_told_name().is_null()).then("declared_name"),
        **{name: pl.when(~says_itself()).then(f"declared_{name}") for name in ("region", "chart_type", "recurrence")},
        tags="declared_tags",
    )
    return in_order(msgspec.convert(said.to_dicts(), list[DeclaredPlaylist]))


def in_order(counted: Iterable[DeclaredPlaylist]) -> list[DeclaredPlaylist]:
    """The ones that say something, each once, by id."""
    return sorted({found for found in counted if not found.is_empty}, key=lambda found: found.playlist_id)


def is_of_others() -> pl.Expr:
    """Whether a capture lacks this platform's envelope."""
    return pl.col("source").is_in(OTHERS)


def says_itself() -> pl.Expr:
    """Whether a chart's own id names series and region; playlists' ids do not."""
    return ~pl.col("playlist_id").str.contains(ID) & (pl.col("playlist_id") != LIKED)


def _told_name() -> pl.Expr:
    """The name in a raw object; a chart file has none, and its id is used."""
    return pl.when(pl.col("name") != pl.col("playlist_id")).then("name")


def _takes() -> pl.Expr:
    return is_of_others() & pl.col("declared_tags").is_not_null()


def _joined(playlists: pl.DataFrame, declared: Sequence[DeclaredPlaylist]) -> pl.DataFrame:
    columns = {"playlist_id": [each.playlist_id for each in declared]} | {
        f"declared_{name}": [getattr(each, name) for each in declared] for name in DECLARED
    }
    said = pl.DataFrame(columns, schema={"playlist_id": pl.String} | {f"declared_{n}": t for n, t in DECLARED.items()})
    return playlists.join(said, on="playlist_id", how="left", maintain_order="left")
