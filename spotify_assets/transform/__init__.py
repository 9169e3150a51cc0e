"""Pure functions: bytes to rows, which row wins, what must hold, what history tells. No Dagster and no storage here."""
