"""Market data: events, book, tape and the readers that feed them."""
