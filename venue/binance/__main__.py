"""``python -m venue.binance``."""

from __future__ import annotations

from venue.binance.demo import main

main()
