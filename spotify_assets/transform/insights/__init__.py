"""A day's insights as a pure function of the day's base tables and of earlier days.

The rules for all of them are in `spotify_assets/schemas/insights.py`.
"""
