"""Which market it is: symbols, fundamental prices, tiers of difficulty and who takes part."""
