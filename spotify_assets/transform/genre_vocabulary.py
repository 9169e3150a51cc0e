"""One vocabulary of genres: `genre_vocabulary.toml`, as a function of names."""

import hashlib
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "genre_vocabulary.toml"


def fold_genre(name: str) -> str:
    """The one name of a genre; empty for a blank name."""
    plain = " ".join(name.split()).lower()
    vocabulary = _vocabulary()
    if plain not in vocabulary["whole"]:
        ending = next((found for found in vocabulary["endings"] if plain.endswith(found)), "")
        plain = plain.removesuffix(ending)
    return vocabulary["names"].get(plain, plain)


def fold_genres(names: Iterable[str]) -> list[str]:
    """The names of some genres, each once, in order of first appearance."""
    return list(dict.fromkeys(filter(None, map(fold_genre, names))))


def vocabulary_version() -> str:
    """The version that the file states, and 8 hex digits over its content, in case that was forgotten."""
    text = _text()
    return f"{tomllib.loads(text)['version']}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _text() -> str:
    return (files("spotify_assets.transform") / FILE).read_text(encoding="utf-8")


@cache
def _vocabulary() -> dict[str, Any]:
    document = tomllib.loads(_text())
    names = {other: genre for genre, others in document["synonyms"].items() for other in others}
    return {"endings": document["endings"], "whole": set(document["whole"]), "names": names}
