"""Who answers for the assets, as the UI shows it: whoever runs the lake says so in ASSET_OWNERS."""

from collections.abc import Sequence

import dagster as dg

from spotify_assets.config import settings


def owned(assets: Sequence[dg.AssetsDefinition | dg.AssetSpec]) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The same assets with the owners that are set; without any, as they are."""
    return list(
        dg.map_asset_specs(lambda spec: spec.replace_attributes(owners=(settings().asset_owners or "").split()), assets)
    )
