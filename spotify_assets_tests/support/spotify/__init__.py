"""Spotify for tests: its Web API and its sign-in, over HTTP."""
