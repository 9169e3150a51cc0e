"""Measurements of the transform: ours beside json + pandas and DuckDB. `python -m benchmarks` runs them all.

Nothing in the platform imports this package.
"""
