"""Learned models: labels, boosters, calibration and their registry."""
