"""One format per module: its header, its values, and its source."""
