"""The measures: each question's figure in DAX. "Now" is the last day with data within the days that are chosen."""

from dataclasses import dataclass

COUNT, PLACES, SHARE, SIGNED, DAY = "#,0", "0.0", "0.0%", "+0;-0;0", "yyyy-mm-dd"
SIGNED_SHARE = "+0.0%;-0.0%;0.0%"


@dataclass(frozen=True)
class Measure:
    """A measure: name, DAX, format and what it tells."""

    name: str
    dax: str
    form: str
    meaning: str


def _last_day(table: str, name: str) -> Measure:
    # Of the whole table, whichever song, artist or playlist is looked at: what has left it has no place now.
    dax = f"CALCULATE(MAX('{table}'[Snapshot date]), ALLEXCEPT('{table}', 'Date'[Date], 'Date'[Week], 'Date'[Month]))"
    return Measure(name, dax, DAY, f"Last day of {table.lower()} within the chosen days")


def _now(table: str, value: str, last_day: str) -> str:
    return f"VAR LastDay = [{last_day}]\nRETURN CALCULATE({value}, '{table}'[Snapshot date] = LastDay)"


def _songs(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Song trends", value, "Last day of songs"), form, meaning)


def _artists(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Artist trends", value, "Last day of artists"), form, meaning)


def _genres(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Genre trends", value, "Last day of genres"), form, meaning)


def _domestic(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Domestic share", value, "Last day of countries"), form, meaning)


def _consistency(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Artist consistency", value, "Last day of consistency"), form, meaning)


def _releases(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Release performance", value, "Last day of releases"), form, meaning)


def _links(name: str, value: str, form: str, meaning: str) -> Measure:
    return Measure(name, _now("Region links", value, "Last day of regions"), form, meaning)


def _changes(name: str, change: str, meaning: str) -> Measure:
    dax = f"CALCULATE(COUNTROWS('Playlist changes'), 'Playlist changes'[Change] = \"{change}\")"
    return Measure(name, dax, COUNT, meaning)


MEASURES: dict[str, tuple[Measure, ...]] = {
    "Song trends": (
        _last_day("Song trends", "Last day of songs"),
        _songs("Position now", "MIN('Song trends'[Position])", COUNT, "Place on the chart"),
        _songs("Movement now", "MAX('Song trends'[Movement])", SIGNED, "Places climbed since the captured day before"),
        _songs("Song points now", "SUM('Song trends'[Points])", COUNT, "Entries + 1 - position, of all places"),
        _songs("Days there now", "MAX('Song trends'[Days on chart])", COUNT, "Captured days on the playlist so far"),
        _songs("Best place so far", "MIN('Song trends'[Peak position])", COUNT, "Best position so far"),
        _songs(
            "New songs now",
            "COUNTROWS(FILTER('Song trends', 'Song trends'[Status] = \"new\"))",
            COUNT,
            "Songs that were never there before, where an earlier capture shows it",
        ),
    ),
    "Artist trends": (
        _last_day("Artist trends", "Last day of artists"),
        Measure("Artist points", "SUM('Artist trends'[Points])", COUNT, "Points of all places on the chosen days"),
        _artists("Day points now", "SUM('Artist trends'[Points])", COUNT, "Points of the day"),
        _artists("Day rank now", "MIN('Artist trends'[Rank])", COUNT, "Rank by points of the day"),
        _artists(
            "Day rank change now", "MAX('Artist trends'[Rank change])", SIGNED, "Ranks climbed since the day before"
        ),
        _artists("Week points now", "SUM('Artist trends'[Week points])", COUNT, "Points of the seven days up to now"),
        _artists("Week rank now", "MIN('Artist trends'[Week rank])", COUNT, "Rank by points of the week"),
        _artists(
            "Week points gained now",
            "SUM('Artist trends'[Week points change])",
            SIGNED,
            "Points of the week minus those of one week before",
        ),
        _artists("Week ranks gained now", "MAX('Artist trends'[Week rank change])", SIGNED, "Ranks climbed in a week"),
    ),
    "Domestic share": (
        _last_day("Domestic share", "Last day of countries"),
        _domestic(
            "Domestic share now",
            "DIVIDE(SUM('Domestic share'[Domestic points]), SUM('Domestic share'[Points]))",
            SHARE,
            "Points of artists from the chart's own country, of all points",
        ),
        Measure(
            "Domestic share of points",
            "DIVIDE(SUM('Domestic share'[Domestic points]), SUM('Domestic share'[Points]))",
            SHARE,
            "The same, over the chosen days",
        ),
    ),
    "Genre trends": (
        _last_day("Genre trends", "Last day of genres"),
        Measure(
            "Genre share",
            "DIVIDE(SUM('Genre trends'[Points]), "
            "CALCULATE(SUM('Genre trends'[Points]), REMOVEFILTERS('Genre trends'[Genre])))",
            SHARE,
            "Share of all points on the chosen days; the shares of all genres are one",
        ),
        _genres("Genre share now", "[Genre share]", SHARE, "Share of all points of the day"),
        _genres(
            "Share gained in 7 days",
            "SUM('Genre trends'[Share change 7 days])",
            SIGNED_SHARE,
            "Share minus that of a week before; for one series and region at a time",
        ),
        _genres(
            "Share gained in 28 days",
            "SUM('Genre trends'[Share change 28 days])",
            SIGNED_SHARE,
            "Share minus that of four weeks before; for one series and region at a time",
        ),
    ),
    "Artist consistency": (
        _last_day("Artist consistency", "Last day of consistency"),
        _consistency("Days there of 28", "MAX('Artist consistency'[Days present])", COUNT, "Days on the charts, of 28"),
        _consistency("Mean place", "AVERAGE('Artist consistency'[Mean position])", PLACES, "Mean of the best places"),
        _consistency(
            "Spread of places", "AVERAGE('Artist consistency'[Position spread])", PLACES, "How much it varied"
        ),
        _consistency("Steepest climb now", "MAX('Artist consistency'[Steepest climb])", COUNT, "Most places in 3 days"),
    ),
    "Release performance": (
        _last_day("Release performance", "Last day of releases"),
        _releases(
            "Releases now", "DISTINCTCOUNT('Release performance'[Song id])", COUNT, "Songs out for at most 56 days"
        ),
        _releases(
            "Release peak", "MIN('Release performance'[Peak position])", COUNT, "Best position since the release"
        ),
        _releases("Debut place", "MIN('Release performance'[Debut position])", COUNT, "Position on the first day"),
        _releases("Median days to peak", "MEDIAN('Release performance'[Days to peak])", PLACES, "From release to peak"),
        _releases("Days since release now", "MIN('Release performance'[Days since release])", COUNT, "Age in days"),
        _releases("Release place now", "MIN('Release performance'[Position])", COUNT, "Position; empty where it left"),
    ),
    "Region links": (
        _last_day("Region links", "Last day of regions"),
        _links("Overlap now", "AVERAGE('Region links'[Overlap])", SHARE, "Shared songs, of all songs of two regions"),
        _links("Songs shared now", "SUM('Region links'[Shared songs])", COUNT, "Songs on the charts of both"),
        _links("Songs only there now", "SUM('Region links'[Songs only here])", COUNT, "Songs the other region lacks"),
        _links(
            "Lead in days now",
            "AVERAGE('Region links'[Median lead days])",
            PLACES,
            "Median days by which songs appear here before there",
        ),
    ),
    "Playlist changes": (
        _changes("Songs added", "added", "Songs put on the list on the chosen days"),
        _changes("Songs removed", "removed", "Songs taken off it"),
        _changes("Songs moved", "moved", "Songs that changed place"),
        _changes("Songs unavailable", "became_unavailable", "Songs that Spotify does not offer any more"),
    ),
    "Playlist songs": (
        Measure(
            "Songs ever", "DISTINCTCOUNT('Playlist songs'[Song id])", COUNT, "Different songs that were ever there"
        ),
        Measure("Longest stay", "MAX('Playlist songs'[Days on chart])", COUNT, "Most captured days of one song"),
        Measure("Best place ever", "MIN('Playlist songs'[Peak position])", COUNT, "Best position ever"),
    ),
}
