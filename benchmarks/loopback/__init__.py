"""A sender of market data on this machine: true books, paced messages, faults on order, a log."""
