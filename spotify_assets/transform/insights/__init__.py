"""A day's insights as a pure function of the day's base tables and of what earlier days say.

The rules that all of it keeps stand in `spotify_assets/schemas/insights.py`.
"""
