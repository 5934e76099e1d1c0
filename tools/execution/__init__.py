"""From a decided trade to orders and fills."""
