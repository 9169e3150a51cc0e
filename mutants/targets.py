"""Which modules are changed, and which tests are asked about each: those that mirror it, and a few beside them."""

from pathlib import Path

PACKAGE, TESTS = "spotify_assets", "spotify_assets_tests"
TARGETS = (
    "transform",
    "lake",
    "assets/audit_checks.py",
    "assets/capture_checks.py",
    "assets/culprits.py",
    "automation/arrivals.py",
    "automation/landings.py",
    "automation/missing_days.py",
    "automation/raw_zone_polling.py",
    "automation/unfinished_days.py",
    "serving/playlist_names.py",
    "spotify/access.py",
    "spotify/api.py",
    "spotify/line.py",
    "spotify/live.py",
    "spotify/payloads.py",
    "spotify/playlist_links.py",
    "spotify/probe.py",
    "spotify/sign_in.py",
    "spotify/sign_in_end.py",
    "spotify/token_storage.py",
)
# Where the rules of a module are asked about under another name than its own.
ALSO = {
    "transform/insights/shares.py": ("transform/insights/test_genres.py", "transform/insights/test_labels.py"),
    "transform/account_data.py": ("transform/test_formats.py",),
    "transform/audited_day.py": ("transform/test_audit.py",),
    "transform/candidates.py": ("transform/test_winner_rule.py", "transform/test_tables.py"),
    "transform/chart_observations.py": ("transform/test_chart_files.py",),
    "transform/observed_columns.py": ("transform/test_chart_files.py", "transform/test_tables.py"),
    "transform/containers.py": ("transform/test_formats.py",),
    "transform/decode.py": ("transform/test_tables.py", "transform/test_real_raw.py"),
    "transform/documents.py": ("transform/test_formats.py", "transform/test_decode.py", "transform/test_cells.py"),
    "transform/foreign_kinds.py": ("transform/test_formats.py", "transform/test_decode.py"),
    "transform/examples.py": ("transform/test_audit.py",),
    "transform/findings.py": ("transform/test_audit.py",),
    "transform/key_words.py": ("transform/test_formats.py", "lake/test_raw.py", "transform/test_key_dates.py"),
    "transform/observations.py": (
        "transform/test_tables.py",
        "transform/test_winner_rule.py",
        "transform/test_decode.py",
    ),
    "transform/odd_values.py": ("transform/test_tables.py",),
    "transform/pages.py": (
        "transform/test_decode.py",
        "transform/test_formats.py",
        "transform/test_holding_back.py",
    ),
    "transform/rejection.py": ("transform/test_tables.py",),
    "transform/song_rows.py": ("transform/test_tables.py", "transform/test_track_details.py"),
    "lake/completed_days.py": ("assets/test_completed_details.py", "assets/test_completed_artists.py"),
    "lake/lacking_artists.py": ("assets/test_completed_artists.py",),
    "transform/tables.py": ("transform/test_winner_rule.py", "transform/test_real_raw.py"),
    "spotify/line.py": ("spotify/test_live.py",),
    "lake/bucket.py": ("lake/test_storage.py", "lake/test_large_objects.py"),
    "lake/catalog.py": ("lake/test_concurrent_publishers.py",),
    "lake/errors.py": ("lake/test_bad_storage.py",),
    "lake/folder.py": ("lake/test_storage.py", "lake/test_durability.py"),
    "lake/glue_catalog.py": ("lake/test_concurrent_publishers.py",),
    "lake/marks.py": ("lake/test_unfinished.py",),
    "lake/quarantine.py": ("lake/test_raw.py",),
    "lake/raw_keys.py": ("lake/test_raw.py",),
    "lake/iceberg_files.py": ("lake/test_catalog.py", "lake/test_durability.py", "lake/test_lake_of_a_run.py"),
    "lake/iceberg_schema.py": ("schemas/test_schemas.py", "lake/test_catalog.py"),
    "lake/insight_inputs.py": ("transform/insights/test_whole_history.py", "assets/test_insights.py"),
    "lake/lake.py": (
        "lake/test_first_day.py",
        "lake/test_two_homes.py",
        "lake/test_catalog.py",
        "lake/test_concurrent_publishers.py",
    ),
    "lake/parquet.py": ("lake/test_staging.py", "lake/test_catalog.py"),
    "lake/published_day.py": ("lake/test_catalog.py", "lake/test_staging.py"),
    "lake/raw.py": ("lake/test_two_homes.py",),
    "lake/raw_lake.py": ("lake/test_two_homes.py",),
    "lake/sqlite_catalog.py": ("lake/test_durability.py", "lake/test_concurrent_publishers.py"),
    "lake/staged_file.py": ("lake/test_staging.py",),
    "lake/storage.py": ("lake/test_raw.py", "lake/test_bad_storage.py", "lake/test_large_objects.py"),
    "assets/audit_checks.py": ("assets/test_checks_alone.py", "assets/test_main_path.py"),
    "assets/culprits.py": ("assets/test_main_path.py",),
    "assets/capture_checks.py": ("assets/test_capture.py",),
    "spotify/access.py": ("spotify/test_live.py", "spotify/test_sign_in.py"),
    "spotify/api.py": ("spotify/test_live.py",),
    "spotify/payloads.py": ("transform/test_cells.py", "spotify/test_live.py"),
    "spotify/probe.py": ("cli/test_doctor.py",),
}
# The insights of a day are one thing: all tests of their folder are about each of its modules.
WHOLE_FOLDERS = ("transform/insights",)


def modules(root: Path) -> list[str]:
    """The modules that are changed, by their paths in the project."""
    found: list[Path] = []
    for target in TARGETS:
        place = root / PACKAGE / target
        found += [place] if place.suffix else sorted(place.rglob("*.py"))
    return [path.relative_to(root).as_posix() for path in found if path.name != "__init__.py"]


def asked_about(root: Path, module: str) -> list[str]:
    """Files of tests that are asked about a module: its own first, which is where its rules are told best."""
    path = Path(module).relative_to(PACKAGE)
    home = root / TESTS
    asked = [home / path.with_name(f"test_{path.stem}.py")]
    if path.parent.as_posix() in WHOLE_FOLDERS:
        # What looks through whole histories comes last.
        asked += sorted((home / path.parent).glob("test_*.py"))
    asked += [home / name for name in ALSO.get(path.as_posix(), ())]
    return list(dict.fromkeys(file.relative_to(root).as_posix() for file in asked if file.is_file()))
