"""A million decisions in memory: how fast they are recalled, explained, asked about and checked."""
