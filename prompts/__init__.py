"""What Keeper says to a language model, and how it reads the answer."""
