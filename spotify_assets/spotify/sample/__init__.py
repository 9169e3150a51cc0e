"""A seeded simulation of music charts that speaks Spotify's JSON; `source.SampleSource` is its entry point."""
