"""Makes artist names, song titles and album titles from the word lists; the words are data in `*_words.py`.

The combinations of a pattern are given out in a shuffled order, so that none comes twice before all are used up.
"""

from spotify_assets.spotify.sample.artist_words import ARTIST_PATTERNS
from spotify_assets.spotify.sample.patterns import capacity, fill
from spotify_assets.spotify.sample.seeded import shuffled
from spotify_assets.spotify.sample.title_words import ALBUM_PATTERNS, TITLE_PATTERNS


def artist_name(seed: int, pattern_name: str, ordinal: int) -> str:
    """The name of the artist with this ordinal (may be negative) among those of the pattern; never the same for two."""
    pattern = ARTIST_PATTERNS[pattern_name]
    # Once all combinations are used, after some decades, artists are numbered like namesakes.
    namesakes, turn = divmod(ordinal, capacity(pattern))
    name = fill(pattern, shuffled(capacity(pattern), seed, "artist", pattern_name)[turn])
    return f"{name} {namesakes + 1}" if namesakes else name


def song_title(seed: int, language: str, ordinal: int) -> str:
    """The title of the song with this ordinal among those in the language; repeats only much later."""
    patterns = TITLE_PATTERNS[language]
    size = sum(map(capacity, patterns))
    place = shuffled(size, seed, "song", language)[ordinal % size]
    for pattern in patterns:
        if place < capacity(pattern):
            return fill(pattern, place)
        place -= capacity(pattern)
    raise AssertionError("a place is inside one of the patterns")


def album_title(seed: int, language: str, ordinal: int) -> str:
    """The title of an album that is not named after one of its songs."""
    pattern = ALBUM_PATTERNS.get(language, ALBUM_PATTERNS["english"])
    return fill(pattern, shuffled(capacity(pattern), seed, "album", language)[ordinal % capacity(pattern)])
