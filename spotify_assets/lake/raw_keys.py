"""Keys of raw objects: chosen by others, so not all can be names, or even be addressed."""

import re
from collections.abc import Container, Iterator
from datetime import date

from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.transform.key_dates import day_of_folder
from spotify_assets.transform.key_words import LITTER

TO_BE_PROCESSED = "raw/to_be_processed"
PROCESSED = "raw/processed"
REASON_SUFFIX = ".reason.json"
LANDED_AT_FORMAT = "%Y%m%dT%H%M%S%fZ"
# Keys that an object store client can address; others exist on S3 (`..`, `//`, control characters) and are set aside.
# In a folder the client misreads a colon at the end.
ADDRESSABLE = re.compile(r"^(?!.*(?:^|/)(?:\.{1,2})?(?:/|$))[^\x00-\x1f\x7f\\\ud800-\udfff]+(?<!:)\Z")
# File systems allow 255 bytes per name and S3 allows 1,024 per key; filing an object adds to both.
LONGEST_PART, LONGEST_KEY = 240, 800
# Each folder listed by itself is at least one request, and one request lists a thousand objects of any folders.
MOST_FOLDERS = 20


def is_litter(relative: str) -> bool:
    """Whether a key where others write is no data, by its name; such an object is left where it is."""
    return LITTER.search(relative) is not None and ADDRESSABLE.match(relative) is not None


def unfit(relative: str) -> str | None:
    """Why a key cannot be kept as a name, if so."""
    if not ADDRESSABLE.match(relative):
        return f"a key that cannot be addressed safely: {relative[:200]!r}"
    if len(relative.encode()) > LONGEST_KEY or any(len(part.encode()) > LONGEST_PART for part in relative.split("/")):
        return f"a key that is too long, over {LONGEST_KEY} bytes or {LONGEST_PART} between slashes"
    if relative.endswith(REASON_SUFFIX):
        return f"a key that ends in {REASON_SUFFIX}, as the notes in quarantine do"
    return None


def any_objects(storage: Storage, prefix: str) -> Iterator[StoredObject]:
    """Objects under a folder-like prefix where others write, whatever their keys, without folder markers."""
    for found in storage.list_any_key(prefix):
        if not found.key.endswith("/"):
            yield found


def objects_of_days(storage: Storage, prefix: str, days: Container[date]) -> Iterator[StoredObject]:
    """Like `any_objects`, without folders that are plainly of other days, unless many are to be listed."""
    directly, folders = storage.level(prefix)
    wanted = [name for name in folders if (day := day_of_folder(name)) is None or day in days]
    if len(wanted) > MOST_FOLDERS:
        yield from any_objects(storage, prefix)
        return
    yield from (found for found in directly if not found.key.endswith("/"))
    for name in wanted:
        yield from any_objects(storage, f"{prefix}/{name}")


def addressable_objects(storage: Storage, prefix: str) -> Iterator[StoredObject]:
    """Like `any_objects`, without those no client can address: whoever files waiting objects sets them aside."""
    for found in any_objects(storage, prefix):
        if ADDRESSABLE.match(found.key):
            yield found
