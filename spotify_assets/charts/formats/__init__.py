"""One format each: its header, what it tells and in which words, and where it comes from."""
