"""The lake that assets, checks and sensors are given: one for all that runs in a process, and for each run its own."""

from functools import cache

import dagster as dg

from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake


@dg.resource(description="The lake. That of a run asks once for what cannot change while the run lasts.")
def lake_resource(context: dg.InitResourceContext) -> Lake:
    """A lake of its own for a run; else that of the process, whose clients stay open from tick to tick."""
    return _of_the_process() if context.run is None else Lake(settings(), of_a_run=True)


@cache
def _of_the_process() -> Lake:
    return Lake(settings())
