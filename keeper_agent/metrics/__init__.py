"""What a monitoring system scrapes: the running agent, the record and the home as Prometheus metrics."""
