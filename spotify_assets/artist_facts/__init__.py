"""A second source for artists: facts from a service other than Spotify, by Spotify id.

`facts.py` lists the possible facts. A service is one module (`wikidata.py`): how to query it and read its answers, both
without I/O; `asking.py` sends the queries, with retries and limits; `source.py` is the interface for captures.
"""
