"""MEXC spot as its clients see it: REST, protobuf streams and listen keys, on one engine."""

from __future__ import annotations
