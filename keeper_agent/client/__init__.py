"""The HTTP API from Python: every operation as a method, its answers in the API's own shapes."""
