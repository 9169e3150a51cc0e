"""The simulated world of music: scenes with their genres, and regions with their tastes.

Numbers that give character belong here, drawn lots do not (except the character of a region that nobody has described).
"""

from typing import NamedTuple

from spotify_assets.spotify.sample.seeded import between, number_of, pick, stream


class Genre(NamedTuple):
    """A kind of music within one scene."""

    name: str
    tags: tuple[str, ...]
    """What the API lists as genres of such artists."""
    titles: str
    """The language or style of song titles."""
    names: tuple[str, ...]
    """One artist-name pattern for each artist that the genre gains in a season."""
    explicit: float
    """Share of explicit songs."""
    seconds: tuple[int, int]
    """Shortest and longest usual song."""


class Scene(NamedTuple):
    """Artists who share a language and an audience."""

    name: str
    home: str
    """The region where its songs usually break first; empty if it has none."""
    releases: int
    """Releases a week that can chart at all."""
    isrc: str
    genres: tuple[Genre, ...]


def _names(*counted: tuple[str, int]) -> tuple[str, ...]:
    return tuple(name for name, count in counted for _ in range(count))


SCENES = (
    Scene(
        "american",
        "us",
        15,
        "US",
        (
            Genre(
                "pop",
                ("pop", "dance pop", "bedroom pop"),
                "english",
                _names(("us solo", 5), ("us mononym", 2)),
                0.25,
                (150, 225),
            ),
            Genre(
                "hip hop",
                ("rap", "hip hop", "trap"),
                "rap",
                _names(("us rap", 4), ("us nickname", 1), ("us mononym", 1)),
                0.85,
                (115, 215),
            ),
            Genre(
                "country",
                ("country", "contemporary country"),
                "country",
                _names(("us country", 4), ("us solo", 1)),
                0.1,
                (165, 235),
            ),
            Genre(
                "r&b", ("r&b", "alternative r&b"), "english", _names(("us solo", 2), ("us mononym", 1)), 0.5, (150, 240)
            ),
            Genre(
                "indie",
                ("indie rock", "indie folk"),
                "english",
                _names(("us band", 1), ("us solo", 2)),
                0.15,
                (170, 270),
            ),
        ),
    ),
    Scene(
        "british",
        "gb",
        10,
        "GB",
        (
            Genre("brit pop", ("uk pop", "pop"), "english", _names(("gb solo", 5)), 0.2, (155, 225)),
            Genre("uk rap", ("uk drill", "uk hip hop", "grime"), "rap", _names(("gb rap", 3)), 0.9, (130, 200)),
            Genre(
                "uk dance", ("uk garage", "drum and bass", "house"), "dance", _names(("gb dance", 2)), 0.1, (140, 210)
            ),
            Genre(
                "indie band",
                ("indie rock", "britpop"),
                "english",
                _names(("gb band", 2), ("gb comma", 1)),
                0.15,
                (170, 280),
            ),
            Genre("soul", ("british soul", "neo soul"), "english", _names(("gb soul", 2)), 0.1, (170, 250)),
        ),
    ),
    Scene(
        "brazilian",
        "br",
        13,
        "BR",
        (
            Genre(
                "sertanejo",
                ("sertanejo", "sertanejo universitário", "agronejo"),
                "portuguese",
                _names(("br dupla", 5), ("br sertanejo solo", 2)),
                0.02,
                (145, 205),
            ),
            Genre(
                "funk", ("funk carioca", "brazilian funk", "funk mtg"), "funk", _names(("br mc", 4)), 0.8, (110, 190)
            ),
            Genre("pagode", ("pagode", "samba"), "portuguese", _names(("br grupo", 2)), 0.02, (165, 260)),
            Genre("mpb", ("mpb", "nova mpb"), "portuguese", _names(("br solo", 2)), 0.05, (170, 270)),
            Genre(
                "trap brasileiro",
                ("brazilian trap", "brazilian hip hop"),
                "funk",
                _names(("br trap", 2)),
                0.8,
                (130, 220),
            ),
        ),
    ),
    Scene(
        "japanese",
        "jp",
        11,
        "JP",
        (
            Genre("j-pop", ("j-pop",), "japanese", _names(("jp solo", 3), ("jp romaji", 2)), 0.01, (190, 280)),
            Genre(
                "j-rock", ("j-rock", "anime"), "japanese", _names(("jp band", 2), ("jp romaji", 1)), 0.01, (200, 290)
            ),
            Genre("idol", ("j-pop", "kawaii pop"), "japanese", _names(("jp unit", 3)), 0.0, (180, 260)),
            Genre("city pop", ("city pop", "shibuya-kei"), "japanese", _names(("jp solo", 1)), 0.01, (210, 320)),
        ),
    ),
    Scene(
        "latin",
        "",
        9,
        "MX",
        (
            Genre(
                "reggaeton",
                ("reggaeton", "urbano latino", "trap latino"),
                "spanish",
                _names(("la urbano", 2), ("la solo", 3)),
                0.6,
                (150, 230),
            ),
            Genre(
                "regional mexicano",
                ("música mexicana", "corrido", "sierreño"),
                "spanish",
                _names(("la regional", 1), ("la solo", 2)),
                0.2,
                (150, 220),
            ),
            Genre("latin pop", ("latin pop",), "spanish", _names(("la solo", 3)), 0.05, (165, 235)),
        ),
    ),
    Scene(
        "european",
        "",
        8,
        "SE",
        (
            Genre(
                "edm", ("edm", "dance", "slap house"), "dance", _names(("eu dj", 3), ("eu duo", 1)), 0.05, (135, 205)
            ),
            Genre("europop", ("europop", "pop"), "english", _names(("eu solo", 3), ("eu emoji", 1)), 0.1, (155, 220)),
            Genre("levantine pop", ("arabic pop",), "english", _names(("eu rtl", 1)), 0.0, (170, 260)),
        ),
    ),
)


class Region(NamedTuple):
    """What is heard in a region, and how soon."""

    affinity: dict[str, float]
    """How strongly a scene's songs do here: 1 is at home."""
    delay: dict[str, float]
    """Days, on average, until a song from the scene reaches the region."""
    taste: dict[str, float]
    """Genres liked more (above 1) or less than elsewhere; 1 by default."""


def _by_scene(*values: float) -> dict[str, float]:
    return dict(zip((scene.name for scene in SCENES), values, strict=True))


GLOBAL = "global"
GLOBAL_SHARES = {"us": 0.36, "gb": 0.22, "br": 0.24, "jp": 0.18}
"""The worldwide chart is these regions' charts added up in these shares."""

REGIONS = {
    "us": Region(
        _by_scene(1.0, 0.6, 0.1, 0.08, 0.6, 0.35),
        _by_scene(0, 9, 20, 24, 4, 12),
        {"country": 1.3, "hip hop": 1.2, "uk rap": 0.4},
    ),
    "gb": Region(
        _by_scene(0.75, 1.0, 0.08, 0.06, 0.25, 0.55),
        _by_scene(5, 0, 22, 26, 14, 5),
        {"country": 0.5, "edm": 1.4, "uk dance": 1.2},
    ),
    "br": Region(
        _by_scene(0.4, 0.25, 1.0, 0.04, 0.4, 0.25), _by_scene(7, 10, 0, 30, 9, 10), {"country": 0.1, "reggaeton": 1.2}
    ),
    "jp": Region(
        _by_scene(0.25, 0.22, 0.03, 1.0, 0.05, 0.2),
        _by_scene(12, 14, 35, 0, 28, 16),
        {"country": 0.1, "hip hop": 0.6, "pop": 1.2},
    ),
}


def region_named(seed: int, name: str) -> Region:
    """The region's character: described above, or drawn from its name. Any name has one."""
    if name in REGIONS:
        return REGIONS[name]
    chance = stream(seed, "region", name)
    favourite = pick(chance, SCENES).name
    affinity = {scene.name: between(chance, 0.1, 0.7) for scene in SCENES}
    delay = {scene.name: between(chance, 4, 25) for scene in SCENES}
    taste = {genre.name: between(chance, 0.5, 1.5) for scene in SCENES for genre in scene.genres}
    return Region({**affinity, favourite: 1.0}, {**delay, favourite: 2.0}, taste)


def drift_phase(seed: int, genre: str) -> float:
    """Where in its slow rise and fall a genre is, from 0 to 1, at the beginning of time."""
    return number_of(seed, "drift", genre) / 2**64
