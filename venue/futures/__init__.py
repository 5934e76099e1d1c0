"""Binance USDT-M perpetuals as their clients see them, on the engine's own markets.

Not modelled: leverage (a position is covered in full), liquidation, funding (its rate is 0), hedge
mode. The mark price is the last price.
"""
