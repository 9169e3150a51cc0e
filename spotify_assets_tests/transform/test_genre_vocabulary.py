import tomllib

import pytest

from spotify_assets.assets.versions import code_version
from spotify_assets.transform import genre_vocabulary
from spotify_assets.transform.genre_vocabulary import fold_genre, fold_genres, vocabulary_version


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Pop music", "pop"),
        ("  POP  ", "pop"),
        ("hip-hop", "hip hop"),
        ("Hip Hop Music", "hip hop"),
        ("contemporary R&B", "r&b"),
        ("Rhythm and Blues", "r&b"),
        ("J-pop", "j-pop"),
        ("música popular brasileira", "mpb"),
        ("house music", "house"),
        # What an ending is all there is of, and what would be something else without it.
        ("music", "music"),
        ("World Music", "world music"),
        # Unknown names pass through.
        ("Witch  House", "witch house"),
        ("musicology", "musicology"),
        (" ", ""),
    ],
)
def test_a_genre_has_one_name(name: str, expected: str) -> None:
    assert fold_genre(name) == expected


def test_names_that_become_one_stand_once_in_their_order() -> None:
    assert fold_genres(["Rap", "hip-hop", "Hip hop music", "", "rapping"]) == ["rap", "hip hop"]


def test_no_name_leads_to_two_genres_or_onward() -> None:
    """So that folding twice is folding once, whatever order the file is in."""
    document = tomllib.loads(genre_vocabulary._text())
    synonyms = [other for others in document["synonyms"].values() for other in others]
    assert len(synonyms) == len(set(synonyms))
    for genre, others in document["synonyms"].items():
        assert fold_genre(genre) == genre
        for other in others:
            assert fold_genre(other) == genre
            assert other == " ".join(other.lower().split())
    for name in document["whole"]:
        assert fold_genre(name) == name


def test_the_version_changes_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from spotify_assets.assets.tables import CODE_VERSION  # noqa: PLC0415  it loads Dagster

    before = vocabulary_version()
    assert CODE_VERSION.endswith(f"-{before}")
    assert code_version("spotify_assets.transform.tables") != CODE_VERSION
    text = genre_vocabulary._text()
    monkeypatch.setattr(genre_vocabulary, "_text", lambda: text.replace("hip-hop", "hip hopp"))
    assert vocabulary_version() != before
    assert vocabulary_version().split("-")[0] == before.split("-")[0]
