"""Objects landed by other programs or imported, as an external asset: they must not make a capture look fresh.

Its events name the objects that the sensor `raw_objects` found. Whether they can be read shows in the tables.
"""

import dagster as dg

from spotify_assets.assets.partitions import snapshot_dates
from spotify_assets.assets.raw import GROUP

landed_objects = dg.AssetSpec(
    "landed_objects",
    group_name=GROUP,
    partitions_def=snapshot_dates,
    kinds={"json", "csv"},
    description="Raw objects that this platform did not capture itself: landed in raw/to_be_processed by other "
    "programs, or imported from files. There is nothing to materialize: the sensor raw_objects lists here what it "
    "found waiting, before anything is read. Objects that cannot be read go to quarantine; the check "
    "no_quarantined_objects of playlists lists them.",
)
