"""Pure functions from raw bytes to tables. No Dagster and no storage here."""
