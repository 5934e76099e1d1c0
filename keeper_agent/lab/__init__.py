"""The laboratory: the one place of Keeper that knows the venue in a box."""
