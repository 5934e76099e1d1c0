"""History of a venue over its public REST interface: candles, trades, markets, kept in files that resume."""
