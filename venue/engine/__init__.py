"""The matching engine: commands go in, events come out, and the same commands give the same events."""
