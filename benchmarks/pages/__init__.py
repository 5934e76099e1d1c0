"""The dashboard in a real browser: how its pages load, and what watching them costs the agent."""
