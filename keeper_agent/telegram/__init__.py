"""Telegram: people ask the agent and hold it from their phones, and are told what happens."""
