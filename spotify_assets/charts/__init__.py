"""Files that charts come in: which format a file is, and its rows as they were told; no tables, no storage, no Dagster.

`recognition.py` is the way in. `formats/` has one module for each source, with all that is known of it.
"""
