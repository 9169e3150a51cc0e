"""Content of files that are never rewritten, kept in memory by a run so that it requests each of them once.

The cache is bounded: what was read longest ago is dropped first. Files that may change (marks, stages, receipts), and
whatever is read to prove that it has not changed, never come from here.
"""

from collections import OrderedDict
from threading import Lock

# Tables of a day, and the metadata of all tables; a file larger than a tenth of it is not kept.
MOST_BYTES = 64 << 20
LARGEST_SHARE = 10


class ReadOnce:
    """Contents by key, up to so many bytes in all; none for 0 bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """The content of a key; None if it is not kept."""
        with self._lock:
            if (content := self._contents.get(key)) is not None:
                self._contents.move_to_end(key)
            return content

    def put(self, key: str, content: bytes) -> None:
        """Keeps the content of a key, unless it is too large."""
        if len(content) > self._most // LARGEST_SHARE:
            return
        with self._lock:
            self._held += len(content) - len(self._contents.pop(key, b""))
            self._contents[key] = content
            while self._held > self._most:
                self._held -= len(self._contents.popitem(last=False)[1])
