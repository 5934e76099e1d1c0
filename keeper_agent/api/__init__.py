"""The HTTP API of a home: one more client of the control socket and one more reader of the record."""
