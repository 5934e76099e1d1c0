"""What Keeper remembers."""
