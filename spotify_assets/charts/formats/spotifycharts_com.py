"""The CSV that spotifycharts.com offered until 2021: one chart of one day or week.

Named `regional-{cc,global}-{daily,weekly}-….csv`: a day, two Fridays for the week between them, or `latest`, which
gives no day. There is a note above the header. No byte order mark, LF; the main artist only; the song is in the
address. The viral charts of that site have no streams and one column less.
"""

from spotify_assets.charts.cells import COUNT, RANK, SONG_LINK, TEXT, Cell
from spotify_assets.charts.format import Format

FORMAT = Format(
    name="CSV of spotifycharts.com",
    needed=("Position", "URL"),
    optional=("Streams",),
    cells={
        "position": Cell("Position", RANK),
        "song_id": Cell("URL", SONG_LINK),
        "title": Cell("Track Name", TEXT),
        "artist_names": Cell("Artist", TEXT),
        "streams": Cell("Streams", COUNT),
    },
)
