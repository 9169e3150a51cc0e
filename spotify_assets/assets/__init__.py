"""Thin Dagster assets, one module per group. Logic worth a unit test lives in `transform/` or `lake/`."""
