"""Processes, servers and file systems for tests, whatever they serve."""
