"""Limits, exposure and the measures they are judged by."""
