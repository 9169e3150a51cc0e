"""Names: each artist's own, some of them awkward on purpose."""

from collections import Counter

from spotify_assets.spotify.sample.artist_words import ARTIST_PATTERNS
from spotify_assets.spotify.sample.artists import NAMING_SEASON, Artists
from spotify_assets.spotify.sample.names import artist_name, song_title
from spotify_assets.spotify.sample.patterns import capacity, fill
from spotify_assets.spotify.sample.scenes import SCENES
from spotify_assets.spotify.sample.title_words import TITLE_PATTERNS


def test_no_two_patterns_make_the_same_artist_name() -> None:
    names = Counter(fill(pattern, place) for pattern in ARTIST_PATTERNS.values() for place in range(capacity(pattern)))
    assert [name for name, count in names.items() if count > 1] == []


def test_artists_of_half_a_century_have_different_names() -> None:
    artists = Artists(seed=20260211)
    names = [
        artist.name
        for season in range(NAMING_SEASON, NAMING_SEASON + 100)
        for scene in SCENES
        for artist in artists.newcomers(season, scene)
    ]
    assert len(set(names)) == len(names)


def test_namesakes_are_numbered() -> None:
    size = capacity(ARTIST_PATTERNS["eu emoji"])
    names = {artist_name(1, "eu emoji", ordinal) for ordinal in range(-size, 2 * size)}
    assert len(names) == 3 * size


def test_titles_come_again_only_when_all_are_used_up() -> None:
    for language, patterns in TITLE_PATTERNS.items():
        size = sum(map(capacity, patterns))
        assert len({song_title(1, language, ordinal) for ordinal in range(size)}) == size


def test_awkward_names_are_among_them() -> None:
    artists = Artists(seed=20260211)
    names = [artist.name for season in range(NAMING_SEASON, NAMING_SEASON + 4) for scene in SCENES
             for artist in artists.newcomers(season, scene)]  # fmt: skip
    text = "\n".join(names)
    assert '"' in text
    assert "," in text
    assert any("\u0600" <= character <= "\u06ff" for character in text)
    assert any(character > "\uffff" for character in text)
    assert len(text.splitlines()) == len(names)
