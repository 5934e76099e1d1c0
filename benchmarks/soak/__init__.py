"""A long run of Keeper's reader and senses under load and faults: nothing leaks or is lost unnoticed."""
