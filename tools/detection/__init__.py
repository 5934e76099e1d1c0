"""Market makers, spoofing, departures: what stands behind an anonymous book."""
