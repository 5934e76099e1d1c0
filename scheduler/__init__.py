"""When things run: the live loop, the replay and the jobs."""
