"""How well the market-maker senses do against the truth of the simulated venue."""
