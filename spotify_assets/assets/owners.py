"""Who answers for the assets, as the UI shows it."""

OWNERS = ["team:playlist_history"]
