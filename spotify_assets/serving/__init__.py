"""For those who read: the page, the saved queries with their SQL, Snowflake, the reference of columns.

All of it is made from published tables alone; the assets that start it are in `assets/`.
"""
