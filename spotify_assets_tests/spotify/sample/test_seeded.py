"""Chance that is the same everywhere, and ids that can be read back."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.spotify.sample.seeded import Ids, Weighted, noise, number_of, shuffled, stream, wave

numbers = st.integers(0, 2**64 - 1)


@given(numbers)
def test_ids_are_read_back(number: int) -> None:
    identifier = Ids(1).encode("artist", number)
    assert len(identifier) == 22
    assert identifier.isascii()
    assert identifier.isalnum()
    assert Ids(1).decode("artist", identifier) == number


@given(numbers)
def test_foreign_ids_are_not(number: int) -> None:
    identifier = Ids(1).encode("artist", number)
    assert Ids(2).decode("artist", identifier) is None
    assert Ids(1).decode("track", identifier) is None


@given(st.text(max_size=30))
def test_any_other_text_is_no_id(text: str) -> None:
    assert Ids(1).decode("artist", text) is None


def test_chance_is_the_same_on_every_machine() -> None:
    assert number_of(1, "us", 2) == 542098695424153862
    assert stream("a", 1).random() == 0.8925914333714378
    assert noise(5, -3) == -0.29860272711849034
    assert list(shuffled(8, "a")) == [7, 4, 5, 2, 3, 0, 1, 6]


@given(numbers, st.integers(-10_000, 10_000))
def test_noise_and_waves_stay_within_one(key: int, step: int) -> None:
    assert -1 <= noise(key, step) <= 1
    assert -1 <= wave(step / 7) <= 1


def test_options_without_weight_are_never_picked() -> None:
    options = Weighted([("never", 0.0), ("often", 3.0), ("rarely", 1.0)])
    picked = [options.pick(Random(number)) for number in range(400)]
    assert set(picked) == {"often", "rarely"}
    assert picked.count("often") > picked.count("rarely")


def test_shuffling_keeps_every_number() -> None:
    assert sorted(shuffled(100, "a")) == list(range(100))
