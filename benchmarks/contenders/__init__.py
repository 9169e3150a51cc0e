"""The ways that are compared. Each module has one function `run`: raw folder in, one Parquet file per table out.

All give the same tables, which `benchmarks.compare` proves value by value. Only ours also proves that the objects are
whole, checks every row against its schema and writes `rejected_rows`.
"""
