"""A day at a venue played again: what came out otherwise, and the one cause of each."""
