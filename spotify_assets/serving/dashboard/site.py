"""The files of the page as a folder: only what changed is written, and unnamed pieces are removed a day later.

Pieces come first, then `index.html`, then removals: an interrupted write leaves the page before it usable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import msgspec

from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.serving.dashboard.pieces import Piece

INDEX, PIECES, ENDING = "index.html", "pieces", ".piece"
PIECE_KEY = re.compile(r"pieces/[0-9a-f]{24}\.piece")
# Since when the page no longer names a piece, by its key.
UNNAMED = f"{PIECES}/unnamed.json"
# A page that was opened before goes on reading the pieces that it names.
KEPT_FOR = timedelta(days=1)

# Another content is another name.
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass
class Site:
    """A folder or a bucket that holds the page. `sizes` are those of the written pieces in bytes, by name."""

    target: Storage
    sizes: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _there(self) -> Mapping[str, StoredObject]:
        """The pieces that existed before, by key."""
        return {found.key: found for found in self.target.list(PIECES) if PIECE_KEY.fullmatch(found.key)}

    @cached_property
    def _unnamed(self) -> Mapping[str, datetime]:
        content = self.target.read_if_any(UNNAMED)
        try:
            return msgspec.json.decode(content or b"{}", type=dict[str, datetime])
        except msgspec.DecodeError:
            # Without it, each is kept for another day.
            return {}

    def write(self, piece: Piece) -> str:
        """Writes a piece unless it is there; gives its name.

        Raises:
            LakeError: the site cannot be listed or written.
        """
        key, size = _key(piece.name), len(piece.content)
        if piece.name in self.sizes:
            return piece.name
        found = self._there.get(key)
        # Another writer may be removing an unnamed piece at this moment; a damaged one has another size.
        if found is None or found.size != size or key in self._unnamed:
            self.target.write(key, piece.content, "application/octet-stream", FOR_EVER)
        self.sizes[piece.name] = size
        return piece.name

    def finish(self, index: bytes) -> None:
        """Writes the page that names the pieces, then removes pieces that were not named for a day.

        Raises:
            LakeError: the site cannot be read or written.
        """
        if self.target.read_if_any(INDEX) != index:
            self.target.write(INDEX, index, "text/html; charset=utf-8", "no-cache")
        now = datetime.now(UTC)
        named = {_key(name) for name in self.sizes}
        unnamed = {key: self._unnamed.get(key, now) for key in sorted(self._there.keys() - named)}
        old = {key for key, since in unnamed.items() if max(since, self._there[key].written_at) < now - KEPT_FOR}
        self.target.delete(sorted(old))
        left = {key: since for key, since in unnamed.items() if key not in old}
        if left != self._unnamed:
            self.target.write(UNNAMED, msgspec.json.encode(left), "application/json")


def _key(name: str) -> str:
    return f"{PIECES}/{name}{ENDING}"
