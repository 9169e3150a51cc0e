"""From a source to the raw zone: which playlists to capture, what to request, what lands.

The sources themselves (`spotify/`, `artist_facts/`) and decoding (`transform/`) do not belong here. There is no Dagster
here, so that a Lambda function can do the same.
"""
