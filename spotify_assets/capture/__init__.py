"""From a source to the raw zone: which playlists, what is asked of whom, what lands, whoever starts it.

Sources themselves (`spotify/`, `artist_facts/`) do not belong here, nor does decoding (`transform/`). There is no
Dagster here, so that a Lambda function can do the same.
"""
