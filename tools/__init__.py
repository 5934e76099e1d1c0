"""Sense, compute, do: no language model, no memory, no framework."""
