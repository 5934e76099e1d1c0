"""Speed claims: each is a ratio to a baseline measured in the same run."""
