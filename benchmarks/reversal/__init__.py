"""The reversal model on real candles, and how fast candles become signals."""
