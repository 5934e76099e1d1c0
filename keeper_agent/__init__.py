"""The application: wiring and faces; nothing imports it."""
