"""For readers: the page, the saved queries with their SQL, Snowflake, the reference of columns.

All of it is built from published tables only; the assets that start it are in `assets/`.
"""
