"""Days and histories for tests: made up by hand or by hypothesis, and the oracle that insights are held against."""
