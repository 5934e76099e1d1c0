"""Market data around the client library: what a message costs, without and with a socket."""
