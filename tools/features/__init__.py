"""Numbers that describe the market at one moment."""
