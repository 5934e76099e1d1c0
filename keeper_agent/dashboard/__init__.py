"""The dashboard: pages rendered here over what the API serves, and nothing that comes from elsewhere."""
