"""The pages: each question that people come with, as a page of the report."""

from powerbi.report import Page, Visual

SERIES, REGION, DATE, PLAYLIST = "Series[Series]", "Region[Region]", "Date[Date]", "Playlist[Name]"
SONG, BY, ARTIST = "Song[Song name]", "Song[Artist names]", "Artist[Artist name]"
FROM_THE_TOP, MOST_FIRST = "Ascending", "Descending"

PAGES = (
    Page(
        "rising",
        "Who is rising?",
        (SERIES, REGION, DATE),
        (
            Visual(
                "barChart",
                "Points gained in a week",
                {"Category": (ARTIST,), "Y": ("Artist trends[Week points gained now]",)},
                ("Artist trends[Week points gained now]", MOST_FIRST),
            ),
            Visual(
                "tableEx",
                "Artists of the week",
                {
                    "Values": (
                        ARTIST,
                        "Artist trends[Week points now]",
                        "Artist trends[Week points gained now]",
                        "Artist trends[Week rank now]",
                        "Artist trends[Week ranks gained now]",
                    )
                },
                ("Artist trends[Week points gained now]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "top_artists",
        "Who is on top, today and this week?",
        (SERIES, REGION, DATE),
        (
            Visual(
                "tableEx",
                "Artists of the day",
                {
                    "Values": (
                        "Artist trends[Day rank now]",
                        ARTIST,
                        "Artist trends[Day points now]",
                        "Artist trends[Day rank change now]",
                    )
                },
                ("Artist trends[Day rank now]", FROM_THE_TOP),
            ),
            Visual(
                "tableEx",
                "Artists of the week",
                {"Values": ("Artist trends[Week rank now]", ARTIST, "Artist trends[Week points now]")},
                ("Artist trends[Week rank now]", FROM_THE_TOP),
            ),
        ),
    ),
    Page(
        "chart",
        "What does the chart look like, and what moved?",
        (PLAYLIST, DATE),
        (
            Visual(
                "tableEx",
                "The chart with movement",
                {
                    "Values": (
                        "Song trends[Position now]",
                        "Song trends[Movement now]",
                        SONG,
                        BY,
                        "Song trends[Days there now]",
                        "Song trends[Best place so far]",
                    )
                },
                ("Song trends[Position now]", FROM_THE_TOP),
            ),
            Visual(
                "barChart",
                "Places climbed and fallen",
                {"Category": (SONG,), "Y": ("Song trends[Movement now]",)},
                ("Song trends[Movement now]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "genres",
        "Which genres grow?",
        (SERIES, REGION, DATE),
        (
            Visual(
                "lineChart",
                "Share of points over time",
                {"Category": (DATE,), "Y": ("Genre trends[Genre share]",), "Series": ("Genre trends[Genre]",)},
            ),
            Visual(
                "tableEx",
                "Shares now, and what they gained",
                {
                    "Values": (
                        "Genre trends[Genre]",
                        "Genre trends[Genre share now]",
                        "Genre trends[Share gained in 7 days]",
                        "Genre trends[Share gained in 28 days]",
                    )
                },
                ("Genre trends[Share gained in 7 days]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "lasting",
        "Which songs last?",
        (PLAYLIST,),
        (
            Visual(
                "tableEx",
                "Every song that was ever there",
                {
                    "Values": (
                        SONG,
                        BY,
                        "Playlist songs[Longest stay]",
                        "Playlist songs[Best place ever]",
                        "Playlist songs[First seen]",
                        "Playlist songs[Last seen]",
                    )
                },
                ("Playlist songs[Longest stay]", MOST_FIRST),
            ),
            Visual(
                "barChart",
                "Captured days on the playlist",
                {"Category": (SONG,), "Y": ("Playlist songs[Longest stay]",)},
                ("Playlist songs[Longest stay]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "releases",
        "How do new releases do?",
        (SERIES, REGION, DATE),
        (
            Visual(
                "tableEx",
                "Songs of the last eight weeks",
                {
                    "Values": (
                        SONG,
                        BY,
                        "Release performance[Days since release now]",
                        "Release performance[Debut place]",
                        "Release performance[Release peak]",
                        "Release performance[Release place now]",
                    )
                },
                ("Release performance[Release peak]", FROM_THE_TOP),
            ),
            Visual(
                "scatterChart",
                "Days to the peak, and how high it was",
                {
                    "Category": (SONG,),
                    "X": ("Release performance[Median days to peak]",),
                    "Y": ("Release performance[Release peak]",),
                },
            ),
        ),
    ),
    Page(
        "regions",
        "What do regions share, and who leads?",
        (SERIES, REGION, DATE),
        (
            Visual(
                "pivotTable",
                "Overlap of charts",
                {
                    "Rows": (REGION,),
                    "Columns": ("Region links[Other region]",),
                    "Values": ("Region links[Overlap now]",),
                },
            ),
            Visual(
                "tableEx",
                "Days by which a region leads another",
                {
                    "Values": (
                        REGION,
                        "Region links[Other region]",
                        "Region links[Lead in days now]",
                        "Region links[Songs shared now]",
                        "Region links[Songs only there now]",
                    )
                },
                ("Region links[Lead in days now]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "consistency",
        "Who is steady, and who went viral?",
        (SERIES, REGION, DATE, "Artist consistency[Label]"),
        (
            Visual(
                "scatterChart",
                "Mean place against the steepest climb",
                {
                    "Category": (ARTIST,),
                    "X": ("Artist consistency[Mean place]",),
                    "Y": ("Artist consistency[Steepest climb now]",),
                },
            ),
            Visual(
                "tableEx",
                "Artists of the last 28 days",
                {
                    "Values": (
                        ARTIST,
                        "Artist consistency[Days there of 28]",
                        "Artist consistency[Mean place]",
                        "Artist consistency[Spread of places]",
                        "Artist consistency[Steepest climb now]",
                    )
                },
                ("Artist consistency[Days there of 28]", MOST_FIRST),
            ),
        ),
    ),
    Page(
        "changes",
        "What changed on a playlist?",
        (PLAYLIST, DATE, "Playlist changes[Change]"),
        (
            Visual(
                "clusteredColumnChart",
                "Songs added and removed",
                {"Category": (DATE,), "Y": ("Playlist changes[Songs added]", "Playlist changes[Songs removed]")},
            ),
            Visual(
                "tableEx",
                "Each change",
                {
                    "Values": (
                        DATE,
                        "Playlist changes[Change]",
                        SONG,
                        BY,
                        "Playlist changes[Position]",
                        "Playlist changes[Previous position]",
                    )
                },
                (DATE, MOST_FIRST),
            ),
        ),
    ),
)
