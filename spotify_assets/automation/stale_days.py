"""Days that are stale through something beside their raw objects: what Dagster was told of them, and is to be told.

What belongs here is the telling alone. Which days are stale, and what has them made again, belongs to who looks: at
`playlists.yaml`, or at details of tracks that came later.
"""

from collections.abc import Mapping
from datetime import date

import dagster as dg
import msgspec

from spotify_assets.assets.tables import said_version
from spotify_assets.assets.versions import versioned
from spotify_assets.transform.days import ranges


class Told(msgspec.Struct, frozen=True):
    """What Dagster was told: of which version of it, for which published days, and which days it calls stale since."""

    beside: str
    tables: str
    stale: list[tuple[date, date]]

    @classmethod
    def of(cls, cursor: str | None) -> "Told":
        """What a cursor says; nothing where there is none, or none of this version."""
        try:
            return msgspec.json.decode(cursor or "", type=cls)
        except msgspec.DecodeError:
            return cls("", "", [])

    def calls_stale(self, day: date) -> bool:
        """Whether a day is among those."""
        return any(first <= day <= last for first, last in self.stale)

    def then(self, beside: str, tables: str, stale: Mapping[date, str]) -> str:
        """The cursor after these days were told of."""
        return msgspec.json.encode(Told(beside, tables, ranges(stale))).decode()

    def events(
        self, asset: str, beside: str, stale: Mapping[date, str], published: Mapping[date, str]
    ) -> list[dg.AssetMaterialization]:
        """New versions of an asset's days: of those that are stale, unless told before, and that are so no longer.

        `published` are the versions that the published days were made with.
        """
        new = {day: version for day, version in stale.items() if beside != self.beside or not self.calls_stale(day)}
        right = {day: made for day, made in published.items() if self.calls_stale(day) and day not in stale}
        return [versioned(asset, day, said_version(version).value) for day, version in (new | right).items()]
