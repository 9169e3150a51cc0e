"""What to do about each failed check; `{day}` and `{table}` are those of the check."""

from spotify_assets.transform.findings import Finding
from spotify_assets.transform.holding_back import REMEDY

_LOOK = 'Look at the rows: spotify-assets query --staged {day} "SELECT * FROM {table}".'
_CORRECT = (
    "Fix or remove the raw object they come from, then run the job process_raw_objects for {day}, or "
    "spotify-assets run."
)
REJECTED = 'spotify-assets query --staged {day} "SELECT * FROM rejected_rows".'
_OF_ROWS = f"{_LOOK} {_CORRECT}"
# Insights are computed from published tables: no raw object is the cause.
_COMPUTED = (
    f"{_LOOK} Run the job refresh_insights for {{day}}; if it fails again, it is a bug of the platform: report it with "
    "this page. Rows published before stay."
)
_KNOWN = "Nothing to do if this is true; replace a bad capture by landing another one."

NEXT_STEPS = {
    "contract": _OF_ROWS,
    "primary_key": _OF_ROWS,
    "foreign_keys": _OF_ROWS,
    "completeness": _OF_ROWS,
    "not_empty": f"See why: {REJECTED} {_CORRECT}",
    "volume": f"{_LOOK} {_KNOWN}",
    "null_drift": f"{_LOOK} {_KNOWN}",
    "churn": _KNOWN,
    "usual_playlists": "Capture them again today, or land an object of each for the day.",
    "no_playlist_held_back": REMEDY,
    "no_doubtful_captures": "They are published as read. To replace one, land another object of it for {day}.",
    "no_odd_cells": "Their rows are published with null there. To fix a value, land a corrected object for {day}.",
    "no_rejected_rows": (
        f"See all: {REJECTED} The other rows of the day are not affected; to add these, land a corrected object for "
        "{day}."
    ),
    "no_quarantined_objects": (
        "Fix each object and move it back to raw/to_be_processed/, under its day (snapshot_date=YYYY-MM-DD/), or "
        "delete it together with its .reason.json. The day's other objects are not affected."
    ),
    "every_track_has_a_song": (f"See why: {REJECTED} To add the songs, land a corrected object for {{day}}."),
    "artist_coverage": "docs/charts.md lists the files with artist ids; raw_tracks requests the others from Spotify.",
    "genre_coverage": (
        "Check raw_artist_facts and raw_artist_details, which say what is missing and why, and WIKIDATA_CONTACT."
    ),
    "agrees_with_the_chart": (
        "Check whether an earlier chart is missing or was imported from another file: the check no_missing_days of "
        "published_tables lists missing days."
    ),
    **dict.fromkeys(
        (
            "one_row_per_song",
            "remembers_every_song",
            "shares_sum_to_one",
            "every_country_has_its_row",
            "ranks_follow_points",
            "changes_lead_here",
            "pairs_agree",
        ),
        _COMPUTED,
    ),
}
COMPUTED_TOO = {"contract", "primary_key", "not_empty"}


def next_step(finding: Finding, table: str, day: str, *, is_insight: bool) -> str:
    """What to do about a failed finding of a table and day."""
    step = _COMPUTED if is_insight and finding.check in COMPUTED_TOO else NEXT_STEPS[finding.check]
    return step.format(day=day, table=table)
