"""Ways to ask what is understood: each is read as its canonical question, or refused."""
