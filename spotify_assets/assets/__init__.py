"""Dagster assets, one module per group: thin, with their checks, their partitions, and what the UI shows of them.

Rules belong in `transform/`, storage in `lake/`, and when something runs in `automation/`.
"""
