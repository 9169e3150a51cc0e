"""A second source for artists: what somebody other than Spotify knows of them, told by their Spotify ids.

`facts.py` says what may be known. A service is one module (`wikidata.py`): how it is asked, and how its answers are
read, both without any I/O; `asking.py` sends the questions, patiently and within limits; `source.py` is what captures
know of all this, and chooses.
"""
