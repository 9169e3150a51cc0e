"""The way into Snowflake: exactly the published files, a day of a table in one transaction."""
