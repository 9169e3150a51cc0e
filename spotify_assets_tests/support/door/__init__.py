"""Stand-ins around the door of deploy/door: who signs people in, and browsers that ask it."""
