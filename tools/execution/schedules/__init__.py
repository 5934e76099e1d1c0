"""Execution algorithms: when the next slice of an entry is due, at what price, how large."""
