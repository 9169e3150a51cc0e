"""Spark for tests: a real cluster, its tasks carried out by hand, and days by two engines."""
