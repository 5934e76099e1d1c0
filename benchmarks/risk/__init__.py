"""What the tails of losses were forecast to be, held against the candles that came."""
