"""What others land and people import, as a source of its own: it is no capture, and must not look like one.

Its events name the objects that the sensor `raw_objects` has found; whether they can be read shows in the tables.
"""

import dagster as dg

from spotify_assets.assets.owners import OWNERS
from spotify_assets.assets.partitions import snapshot_dates
from spotify_assets.assets.raw import GROUP

landed_objects = dg.AssetSpec(
    "landed_objects",
    group_name=GROUP,
    partitions_def=snapshot_dates,
    kinds={"json", "csv"},
    owners=OWNERS,
    description="Raw objects of the day that this platform did not capture: landed in raw/to_be_processed by other "
    "programs, or imported from files that somebody has. Nothing to materialize: the sensor raw_objects says here "
    "what it found waiting, before it was read. What cannot be read is set aside, which the check "
    "no_quarantined_objects of playlists tells.",
)
