"""The pattern library at its capacity: how fast the nearest are found, and whether they are the nearest."""
