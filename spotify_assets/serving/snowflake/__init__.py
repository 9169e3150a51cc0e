"""Loads Snowflake with exactly the published files, a day of a table in one transaction."""
