"""What to do about each check that does not pass, for whoever reads its page; `{day}` and `{table}` are its own."""

from spotify_assets.transform.findings import Finding
from spotify_assets.transform.holding_back import REMEDY

_LOOK = 'Look at the rows: spotify-assets query --staged {day} "SELECT * FROM {table}".'
_CORRECT = (
    "Correct or remove the raw object that they are from, then run the job process_raw_objects for {day}, or "
    "spotify-assets run."
)
REJECTED = 'spotify-assets query --staged {day} "SELECT * FROM rejected_rows".'
_OF_ROWS = f"{_LOOK} {_CORRECT}"
# Insights are computed from what is published: nobody's data is to blame.
_COMPUTED = (
    f"{_LOOK} Run the job refresh_insights for {{day}}; if it fails again, the platform computes them wrongly: report "
    "it with this page. What was published before stays."
)
_KNOWN = "Nothing has to be done where this is true; a capture that went wrong is replaced by landing another one."

NEXT_STEPS = {
    "contract": _OF_ROWS,
    "primary_key": _OF_ROWS,
    "foreign_keys": _OF_ROWS,
    "completeness": _OF_ROWS,
    "not_empty": f"Look at why: {REJECTED} {_CORRECT}",
    "volume": f"{_LOOK} {_KNOWN}",
    "null_drift": f"{_LOOK} {_KNOWN}",
    "churn": _KNOWN,
    "usual_playlists": "Capture them again today, or land an object of each for the day.",
    "no_playlist_held_back": REMEDY,
    "no_doubtful_captures": "They are published as read. To replace one, land another object of it for {day}.",
    "no_odd_cells": "Their rows are published with null there. To mend a value, land a corrected object for {day}.",
    "no_rejected_rows": (
        f"See all: {REJECTED} The other rows of the day are not touched; to have these, too, land a corrected object "
        "for {day}."
    ),
    "no_quarantined_objects": (
        "Fix each object and move it back into raw/to_be_processed/, under its day (snapshot_date=YYYY-MM-DD/), or "
        "delete it together with its .reason.json. The day's other objects are not affected."
    ),
    "every_track_has_a_song": (f"See why: {REJECTED} To have the songs, land a corrected object for {{day}}."),
    "artist_coverage": "docs/charts.md says which files tell ids of artists; raw_tracks asks Spotify for the others.",
    "genre_coverage": "Look at raw_artist_facts, which says what is missing and why, and at WIKIDATA_CONTACT.",
    "agrees_with_the_chart": (
        "Look whether a chart before is missing or was imported from another file: the check no_missing_days of "
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
    """What to do about a finding of a table and day that did not pass."""
    step = _COMPUTED if is_insight and finding.check in COMPUTED_TOO else NEXT_STEPS[finding.check]
    return step.format(day=day, table=table)
