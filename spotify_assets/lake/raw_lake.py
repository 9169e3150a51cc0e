"""The home of a lake, its raw zone, and the one source that fills it: all that a capture has to know of it."""

from datetime import UTC, datetime

import msgspec

from spotify_assets.aws.client import PATIENCE, Patience
from spotify_assets.config import Settings, Source
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw import RawZone
from spotify_assets.lake.storage import Storage

MARKER = "lake.json"


class Marker(msgspec.Struct, frozen=True):
    """What a lake remembers of itself."""

    source: Source
    created_at: str | None = None


class WrongSource(LakeError):
    """The lake holds data of another source than the one configured."""


class RawLake:
    """The home of one lake. Opening it touches nothing; writing to it first claims it for its source.

    With `of_a_run`, what cannot change during the run is looked up once.
    """

    def __init__(self, settings: Settings, patience: Patience = PATIENCE, *, of_a_run: bool = False) -> None:
        self.settings = settings
        self._of_a_run = of_a_run
        self._is_claimed = False
        self.storage = Storage(settings.lake_url, settings.aws_endpoint_url, patience)
        self.raw_storage = Storage(settings.raw_url or settings.lake_url, settings.aws_endpoint_url, patience)
        self.raw = RawZone(self.raw_storage)

    def source(self) -> Source | None:
        """The source that fills this lake, or None while it is new."""
        return _source_of(self.storage)

    def claim(self) -> Source:
        """Makes sure that this lake belongs to the configured source, and records it in a new lake.

        Raises:
            WrongSource: it belongs to the other one, whatever else is configured.
        """
        if not self._is_claimed:
            if unclaimed := self._unclaimed():
                marker = Marker(self.settings.spotify_source, datetime.now(UTC).isoformat())
                for home in unclaimed:
                    home.create(MARKER, msgspec.json.encode(marker))
                self._unclaimed()
            self._is_claimed = self._of_a_run
        return self.settings.spotify_source

    def require_source(self) -> Source:
        """The configured source, unless this lake holds data of the other; a new lake stays unclaimed.

        Raises:
            WrongSource: it belongs to the other one, or its raw objects do.
        """
        if not self._is_claimed:
            self._unclaimed()
        return self.settings.spotify_source

    def _unclaimed(self) -> list[Storage]:
        """The homes that hold no data yet."""
        wanted, unclaimed = self.settings.spotify_source, list[Storage]()
        for home in self._homes():
            held = _source_of(home)
            if held is None:
                unclaimed.append(home)
            elif held != wanted:
                raise WrongSource(
                    f"The lake {home.url} holds {held} data but SPOTIFY_SOURCE={wanted}. The two are never "
                    f"mixed: set LAKE_URL and RAW_URL to other homes, or SPOTIFY_SOURCE={held}."
                )
        return unclaimed

    def _homes(self) -> list[Storage]:
        """The home of the tables and that of the raw objects, once if they are the same."""
        return list(dict.fromkeys((self.storage, self.raw_storage)))


def _source_of(home: Storage) -> Source | None:
    data = home.read_if_any(MARKER)
    try:
        return None if data is None else msgspec.json.decode(data, type=Marker).source
    except msgspec.MsgspecError as error:
        raise LakeError(
            f"{MARKER} in {home.url} does not say whose data it holds ({error}). "
            'Put back {"source": "sample"} or {"source": "spotify"}, whichever filled it.'
        ) from error
