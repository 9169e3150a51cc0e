"""Chart files: which format a file has, and its rows as given; no tables, no storage, no Dagster.

`recognition.py` is the entry point. `formats/` has one module per source, with everything known about it.
"""
