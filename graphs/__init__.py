"""How Keeper thinks: the decision graph and its context."""
