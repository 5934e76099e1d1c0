"""What signals of closed candles came to, kind by kind, and what they cost to find."""
