"""Recordings of real markets, shown once more behind the venue's protocols."""
