"""Candidate trades, one source a module."""
