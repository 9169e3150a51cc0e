"""Wikidata for tests: its SPARQL endpoint, over HTTP."""
