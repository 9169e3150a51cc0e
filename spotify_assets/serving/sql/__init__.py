"""The saved queries, a file each: a description, its parameters with defaults, and one SELECT for DuckDB.

`spotify_assets/serving/saved_queries.py` reads them; the tests translate them for Athena and Snowflake.
"""
