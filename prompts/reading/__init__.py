"""Reading a question by its parts: each is found wherever it stands, and what is left over refuses it."""
