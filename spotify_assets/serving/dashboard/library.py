"""The dashboard's charting library, kept beside the page: bundling it takes longer than all else of making the page.

It lies in the lake rather than in a user's cache: every process can read it there, also one without a disk of its own,
and whoever can change it could as well change the page that it goes into.
"""

from importlib.metadata import version

import zstandard

from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.page import bundle_library

KEY = f"dashboard/vega-{version('vl-convert-python')}.js.zst"


def charting_library(storage: Storage) -> str:
    """The library as text: the copy in the lake, or bundled and kept there where that is missing or broken.

    Raises:
        LakeError: the lake cannot be read or written.
    """
    kept = storage.read_if_any(KEY)
    if kept is not None:
        try:
            return zstandard.ZstdDecompressor().decompress(kept).decode()
        except zstandard.ZstdError:
            # Its checksum fails, or it is cut short: it is rebuilt.
            pass
    library = bundle_library()
    storage.write(KEY, zstandard.ZstdCompressor(write_checksum=True).compress(library.encode()))
    return library
