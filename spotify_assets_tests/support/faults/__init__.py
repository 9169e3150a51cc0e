"""Faults put in the way of a lake: power that is cut, calls that kill, fail, or land without an answer."""
