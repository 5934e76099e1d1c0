"""Brains that are asked over HTTP, what guards them, and what they may cost."""
