"""Pure functions: bytes to rows, which row wins, checks, and trends from history. No Dagster and no storage here."""
