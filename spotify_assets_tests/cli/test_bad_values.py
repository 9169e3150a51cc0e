"""Bad values at every command: each answer is one clear message, never a traceback, and never one nobody foresaw."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spotify_assets.cli.main import TRACEBACK, main
from spotify_assets.cli.query import NOTHING_FOUND
from spotify_assets.config import Settings
from spotify_assets.config import settings as settings_of_process
from spotify_assets.lake.lake import Lake
from spotify_assets.serving.saved_queries import saved_queries
from spotify_assets_tests.cli.test_commands import command, surroundings
from spotify_assets_tests.support.data.small_days import DAY, publish
from spotify_assets_tests.support.processes.mounts import MountNotPermitted, small_disk

Answer = tuple[int | str | None, str, str]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One lake for all the tests that only ask."""
    lake = Lake(Settings(lake_url=str(tmp_path_factory.mktemp("small") / "lake"), spotify_source="spotify"))
    publish(lake, DAY, ["A"])
    return lake


@pytest.fixture
def ask(small_lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command over the small lake in this process; keywords change the environment."""

    def asked(*arguments: str, **environment: str) -> Answer:
        for name, value in {
            "SPOTIFY_SOURCE": "spotify",
            "LAKE_URL": small_lake.settings.lake_url,
            **environment,
        }.items():
            monkeypatch.setenv(name, value)
        settings_of_process.cache_clear()
        try:
            code: int | str | None = main(arguments)
        except SystemExit as end:
            code = end.code
        printed, said = capsys.readouterr()
        return code, printed, said

    return asked


def expect_clear(answer: Answer, message: str = "") -> None:
    code, _, said = answer
    assert code in (1, 2), answer
    assert "error: " in said
    assert message in said
    assert "Traceback" not in said
    assert TRACEBACK not in said


BAD_SQL = {
    "interval": "SELECT INTERVAL 1 DAY AS x",
    "day": "SELECT DATE 'infinity' AS x",
    "time": "SELECT TIMESTAMP '290000-01-01 00:00:00' AS x",
    "bytes": "SELECT 'x'::BLOB AS x",
    "bits": "SELECT '101'::BIT AS x",
    "overflow": "SELECT 9223372036854775807::BIGINT + 1",
    "deep": f"SELECT {'(' * 5000}1{')' * 5000}",
    "half a character": "SELECT '\udcff'",
    "nothing": " ",
    "a null byte": "SELECT '\0",
    "cast": "SELECT CAST(name AS DATE) FROM songs",
    "memory": "SELECT repeat('x', 100000000000)",
    "file": "SELECT * FROM read_csv('/etc/passwd')",
    "loop": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM no) SELECT * FROM r",
    "parameter": "SELECT $day",
    "setting": "SET threads = 1",
    "two": "SELECT 1; SELECT 2",
}


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("sql", BAD_SQL.values(), ids=BAD_SQL.keys())
def test_sql_that_has_no_answer(ask: Ask, sql: str, form: str) -> None:
    expect_clear(ask("query", sql, "--format", form))


@pytest.mark.parametrize("form", ["table", "lines"])
@pytest.mark.parametrize("sql", ["interval", "day", "time"])
def test_an_answer_that_cannot_be_shown(ask: Ask, sql: str, form: str) -> None:
    expect_clear(ask("query", BAD_SQL[sql], "--format", form))


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "SELECT 1", "--format", "csv", "--output", "/dev/null/x"],
        ["query", "SELECT 1", "--output", "/proc/x"],
        ["query", "SELECT 1", "--output", "."],
        ["query", "SELECT 1", "--output", "x" * 5000],
        ["query", "SELECT 1", "--raw"],
        ["query", "SELECT 1", "--bom", "--format", "json"],
        ["query", "SELECT 1", "--format", "xlsx"],
        ["query", "--saved", "risers", "--param", "top=99999999999999999999999999999999999999999"],
        ["query", "--saved", "risers", "--param", "top=-1"],
        ["query", "--saved", "risers", "--param", "day=0000-00-00"],
        ["query", "--saved", "risers", "--param", "day=²"],
        ["query", "--saved", "risers", "--param", "region=\udcff"],
        ["export", "/dev/null/x"],
        ["export", "/proc/x"],
        ["export", "x" * 5000],
        ["export", "out", "--raw"],
        ["page"],
        ["page", "/dev/null/x"],
        ["page", "a#b"],
        ["page", "x" * 5000],
        ["run", "--days", "0"],
        ["run", "--days", "²"],
        ["run", "--days", "9" * 5000],
        ["ui", "--port", "65536"],
        ["ui", "--port", "-1"],
        ["login", "--port", "x"],
        ["login", "--store", "secret"],
        ["nothing"],
        [],
    ],
    ids=lambda arguments: " ".join(arguments)[:60].encode("ascii", "replace").decode(),
)
def test_arguments_that_cannot_be_used(ask: Ask, arguments: list[str]) -> None:
    expect_clear(ask(*arguments))


BAD_ENVIRONMENTS = [
    {"LAKE_URL": "/dev/null"},
    {"LAKE_URL": "/proc/x"},
    {"LAKE_URL": "x" * 5000},
    {"LAKE_URL": "a?b"},
    {"LAKE_URL": "~nobody-of-that-name/lake"},
    {"LAKE_URL": "s3://no-such-bucket/x", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    {"LAKE_URL": "s3://No Such Bucket!/x", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    {"LAKE_URL": "s3://no-such-bucket", "AWS_PROFILE": "nobody"},
    {"GLUE_DATABASE": "no such"},
    {"RETENTION_DAYS": "9" * 5000},
    {"HISTORY_START": "never"},
]


@pytest.mark.parametrize("environment", BAD_ENVIRONMENTS, ids=lambda found: " ".join(found.values())[:40])
@pytest.mark.parametrize(
    "arguments", [["query", "SELECT 1"], ["export", "out"], ["doctor"]], ids=lambda found: found[0]
)
def test_settings_that_cannot_be_used(
    ask: Ask, arguments: list[str], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spotify_assets.lake.storage.RETRIES", {"max_retries": 0})
    code, printed, said = ask(*arguments, **environment)
    if arguments == ["doctor"]:
        assert code == 1
        assert TRACEBACK not in printed + said
        assert "Traceback" not in printed + said
    else:
        expect_clear((code, printed, said))


few = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@few
@given(
    sql=st.text() | st.text().map(lambda text: f"SELECT {text}"),
    form=st.sampled_from(["table", "csv", "json", "lines"]),
)
def test_any_text_as_sql(ask: Ask, sql: str, form: str) -> None:
    answer = ask("query", "--format", form, "--", sql)
    assert answer[0] == 0 or expect_clear(answer) is None


@few
@given(data=st.data())
def test_any_text_as_a_parameter(ask: Ask, data: st.DataObject) -> None:
    found = data.draw(st.sampled_from(sorted(saved_queries())))
    name = data.draw(st.sampled_from([*saved_queries()[found].parameters, "nothing"]))
    value = data.draw(st.text() | st.integers().map(str) | st.dates().map(str))
    answer = ask("query", "--saved", found, f"--param={name}={value}", "--format=csv")
    assert answer[0] in (0, NOTHING_FOUND) or expect_clear(answer) is None


@pytest.mark.parametrize("arguments", [["export", "out"], ["query", "SELECT count(name) FROM songs"]])
@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda file: file.write_bytes(b""), lambda file: file.write_bytes(b"?" * 99)]
)
def test_a_published_file_that_is_lost_or_damaged(
    ask: Ask, tmp_path: Path, arguments: list[str], harm: Callable[[Path], object]
) -> None:
    url = str(tmp_path / "lake")
    publish(Lake(Settings(lake_url=url, spotify_source="spotify")), DAY, ["A"])
    for file in (tmp_path / "lake" / "songs_data" / "data").rglob("*.parquet"):
        harm(file)
    expect_clear(ask(*arguments, LAKE_URL=url), "songs" if arguments[0] == "export" else "")


BAD_HOMES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file": (lambda home: home.write_text(""), "a file is in the way. Choose another DAGSTER_HOME."),
    "no place": (lambda home: home.symlink_to("/proc/x"), "Choose another DAGSTER_HOME."),
    "no settings": (
        lambda home: (home.mkdir(), (home / "dagster.yaml").write_text("nonsense: 1")),
        "dagster.yaml is not what Dagster expects",
    ),
    "no yaml": (
        lambda home: (home.mkdir(), (home / "dagster.yaml").write_text("[1")),
        "dagster.yaml is not what Dagster expects",
    ),
    "no database": (
        lambda home: ((home / "history").mkdir(parents=True), (home / "history" / "runs.db").write_bytes(b"?" * 9999)),
        "its database is damaged",
    ),
}


@pytest.mark.parametrize(("harm", "message"), BAD_HOMES.values(), ids=BAD_HOMES.keys())
def test_a_dagster_home_that_cannot_be_used(tmp_path: Path, harm: Callable[[Path], object], message: str) -> None:
    name = "ui" if message.startswith("a file") else "run"
    harm(tmp_path / "home")
    answer = command(tmp_path, name, DAGSTER_HOME=str(tmp_path / "home"))
    expect_clear((answer.returncode, answer.stdout, answer.stderr), message)


def test_a_dagster_home_on_a_full_disk(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "disk", megabytes=1) as folder:
            answer = command(tmp_path, "run", "--days", "1", DAGSTER_HOME=str(folder / "home"))
    except MountNotPermitted as error:
        pytest.skip(f"this user may not mount: {error}")
    expect_clear((answer.returncode, answer.stdout, answer.stderr), "the disk is full. Free some space")


def test_more_days_than_there_are(tmp_path: Path) -> None:
    answer = command(tmp_path, "run", "--days", "1000000")
    expect_clear((answer.returncode, answer.stdout, answer.stderr), "--days 1000000 begins before Spotify's launch")


ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}


@pytest.mark.parametrize(
    "arguments", [["query", "--saved"], ["query", "SELECT 'é ▲ 🎵' AS \"né\""], ["doctor"], ["run", "--days=1"]]
)
def test_a_terminal_that_knows_nothing_but_ascii(tmp_path: Path, arguments: list[str], small_lake: Lake) -> None:
    lake = {"LAKE_URL": small_lake.settings.lake_url, "SPOTIFY_SOURCE": "spotify"} if arguments[0] == "query" else {}
    answer = command(tmp_path, *arguments, **lake, **ASCII)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.isascii()
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("query --saved >&-", 0),
        ("query --saved 2>&- <&-", 0),
        ("query --saved >/dev/full", 1),
        ("query 'SELECT 1' --format csv >&-", 0),
        ("query 'SELECT 1' --format csv >/dev/full", 1),
        ("query 'SELECT * FROM range(100000)' --format csv | true", 0),
    ],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, line: str, code: int, small_lake: Lake) -> None:
    program = "import sys; from spotify_assets.cli.main import main; sys.exit(main())"
    lake = {"LAKE_URL": small_lake.settings.lake_url, "SPOTIFY_SOURCE": "spotify"}
    answer = subprocess.run(
        ["bash", "-c", f'"$1" -c "$2" {line}', "bash", sys.executable, program],
        cwd=tmp_path,
        env=surroundings(**lake),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == code, answer.stderr
    assert "Traceback" not in answer.stderr
    assert "Exception ignored" not in answer.stderr
    assert answer.stderr.count("\n") == code
