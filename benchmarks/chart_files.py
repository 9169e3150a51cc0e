"""How long an import takes to take a data set apart by day, beside DuckDB's reading of the same file.

    python -m benchmarks.chart_files --days 100

The file is made in the shape of `charts_songs_daily.csv`, sorted by country, from a seed. DuckDB reads it and writes
Parquet partitioned by date; the import reads it and lands a raw object a day in a folder. Each runs in a process of its
own, one after the other, so that its peak of memory is its own.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

SEED, FIRST_DAY, ROWS, SONGS = 20261127, date(2017, 1, 1), 200, 4000
CODES = (
    "ad ae ar at au be bg bo br by ca ch cl co cr cy cz de dk do ec ee eg es fi fr gb global gr gt hk hn hu id ie il "
    "in is it jp kr kz lt lu lv ma mt mx my ng ni nl no nz pa pe ph pk pl pt py ro sa se sg sk sv th tr tw ua us uy"
)
COUNTRIES = CODES.split()
COLUMNS = (
    "date,country,rank,uri,artist_names,track_name,label,peak_rank,previous_rank,days_on_chart,streams,"
    "consecutive_days,entry_status,peak_date,entry_rank,entry_date,release_date,artist_uris"
)


def lines(days: int, countries: Sequence[str] = COUNTRIES) -> Iterator[str]:
    """The file's lines; the same for the same days and countries."""
    chance = random.Random(SEED)
    songs = [_song(chance, number) for number in range(SONGS)]
    yield f"{COLUMNS}\n"
    for country in countries:
        for ahead in range(days):
            day = FIRST_DAY + timedelta(days=ahead)
            # Songs come and go by a few places a day.
            first = ahead % (SONGS - ROWS)
            for rank in range(1, ROWS + 1):
                uri, before, artists = songs[first + rank - 1]
                streams = 2_000_000 // rank + chance.randrange(1000)
                yield (
                    f"{day},{country},{rank},{uri},{before},{rank},{rank + 1},{ahead + 1},{streams},{ahead + 1},"
                    f"MOVED_UP,{day},{rank},{FIRST_DAY},2016-11-25,{artists}\n"
                )


def _song(chance: random.Random, number: int) -> tuple[str, str, str]:
    """A song's URI, the columns from artists to label, and the URIs of its artists."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def an_id() -> str:
        return "".join(chance.choices(letters, k=22))

    artists = [f"Artist {chance.randrange(SONGS)}" for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    title = f'"Song {number}, Part {chance.randrange(9)}"' if number % 5 == 0 else f"Song {number} - Remastered Ünï"
    uris = "|".join(f"spotify:artist:{an_id()}" for _ in artists)
    return f"spotify:track:{an_id()}", f"{'|'.join(artists)},{title},Label {number % 300} / Music Group", uris


def duckdb_seconds(source: Path, folder: Path) -> float:
    """Time in which DuckDB reads the file and writes Parquet by date."""
    import duckdb  # noqa: PLC0415  each contender imports its own

    begun = time.monotonic()
    connection = duckdb.connect()
    connection.sql(f"COPY (FROM read_csv('{source}')) TO '{folder / 'parquet'}' (FORMAT parquet, PARTITION_BY (date))")
    return time.monotonic() - begun


def import_seconds(source: Path, folder: Path) -> float:
    """Time in which an import takes the file apart, and lands its days."""
    from spotify_assets.capture.held_files import files_in  # noqa: PLC0415
    from spotify_assets.capture.imports import Said, land, survey  # noqa: PLC0415
    from spotify_assets.lake.raw_imports import RawImports  # noqa: PLC0415
    from spotify_assets.lake.storage import Storage  # noqa: PLC0415

    begun = time.monotonic()
    imports = RawImports(Storage(str(folder / "lake")))
    (file,) = survey(files_in([source]), Said(), folder).found
    landed = sum(is_new for _, is_new in land(file, Said(), "2026-11-27T00:00:00+00:00", imports))
    assert landed == len(file.days)
    return time.monotonic() - begun


CONTENDERS = {"duckdb": duckdb_seconds, "import": import_seconds}


def measure(contender: str, source: Path, folder: Path) -> None:
    """Prints the seconds and the peak of memory of one contender in this process."""
    folder.mkdir()
    seconds = CONTENDERS[contender](source, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"contender": contender, "seconds": round(seconds, 2), "peak_mb": peak >> 10}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        measure(asked.only, asked.source, asked.folder)
        return
    with TemporaryDirectory() as temporary:
        source = Path(temporary) / "charts_songs_daily.csv"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(lines(asked.days))
        print(f"{len(COUNTRIES) * ROWS * asked.days:,} rows, {source.stat().st_size >> 20:,} MB")
        for turn in range(asked.repeat):
            for name in CONTENDERS:
                command = [sys.executable, "-m", "benchmarks.chart_files", "--only", name, "--source", str(source)]
                subprocess.run([*command, "--folder", str(Path(temporary) / f"{name}-{turn}")], check=True)


if __name__ == "__main__":
    main()
