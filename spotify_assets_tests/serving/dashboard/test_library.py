"""The dashboard's library is bundled once for a lake; a copy that cannot be used is made anew."""

from collections.abc import Callable

import pytest
import zstandard

from spotify_assets.lake.lake import Lake
from spotify_assets.serving.dashboard.library import KEY, charting_library
from spotify_assets.serving.dashboard.page import bundle_library
from spotify_assets_tests.conftest import IN_A_FOLDER


def test_the_library_is_kept_in_the_lake(lake: Lake) -> None:
    assert charting_library(lake.storage) == bundle_library()
    assert zstandard.decompress(lake.storage.read(KEY)).decode() == bundle_library()
    lake.storage.write(KEY, zstandard.compress(b"kept"))
    assert charting_library(lake.storage) == "kept"


@IN_A_FOLDER
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda whole: whole[:-100],
        lambda whole: whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
        lambda _: b"window.vegaEmbed = vegaEmbed;",
    ],
    ids=["empty", "cut short", "damaged", "not compressed"],
)
def test_a_broken_copy_is_replaced(lake: Lake, spoil: Callable[[bytes], bytes]) -> None:
    charting_library(lake.storage)
    whole = lake.storage.read(KEY)
    lake.storage.write(KEY, spoil(whole))
    assert charting_library(lake.storage) == bundle_library()
    assert lake.storage.read(KEY) == whole
