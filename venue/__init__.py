"""The world outside, in a box: a local exchange that knows nothing of Keeper."""
