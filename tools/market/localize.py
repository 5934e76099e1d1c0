"""Point a ccxt client at a local venue, so that it behaves as it does at the real one.

Every url is rewritten, not only those in use: a local client cannot reach the live venue by
accident. ccxt chooses error classes by the url of a request; the choice is made as if the
request had gone to the live host, so that local and live errors have the same class.
"""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

from tools.domain.errors import KeeperError

LIVE_HOSTS = {
    "/api/": "https://api.binance.com/api/",
    "/sapi/": "https://api.binance.com/sapi/",
    "/fapi/": "https://fapi.binance.com/fapi/",
    "/dapi/": "https://dapi.binance.com/dapi/",
    "/eapi/": "https://eapi.binance.com/eapi/",
    "/papi/": "https://papi.binance.com/papi/",
}

# what a local venue does not serve: futures, and the wallet's lists of currencies and margin pairs
LOCAL_OPTIONS: dict[str, Any] = {
    "fetchMarkets": {"types": ["spot"]},
    "fetchCurrencies": False,
    "fetchMargins": False,
}


class LiveHostLeft(KeeperError):
    """A client that was to stay here still knows a way to a live venue."""


def localize_binance(exchange: Any, address: str) -> None:
    """Let a ccxt binance client speak to ``address`` (host:port) alone.

    Raises:
        LiveHostLeft: a url that leads elsewhere is left.
    """
    api = exchange.urls["api"]
    for name, url in list(api.items()):
        if isinstance(url, str):
            api[name] = f"http://{address}{urlsplit(url).path}"
    sockets = _rewritten(api.get("ws", {}), f"ws://{address}")
    if sockets:
        # ccxt takes a socket for spot where its url contains "/stream"
        sockets |= dict.fromkeys(("spot", "margin"), f"ws://{address}/stream/ws")
        sockets |= {"linear": f"ws://{address}/fstream/ws", "inverse": f"ws://{address}/dstream/ws"}
        api["ws"] = sockets
    exchange.urls.pop("test", None)
    exchange.urls.pop("demo", None)
    choose = exchange.get_exceptions_by_url
    exchange.get_exceptions_by_url = lambda url, kind: choose(live_url(url, address), kind)
    _trust_nobody(exchange)
    refuse_live_hosts(exchange, address)


def localize_mexc(exchange: Any, address: str) -> None:
    """Let a ccxt mexc client speak to ``address`` (host:port) alone; its error classes do not depend on urls.

    Raises:
        LiveHostLeft: a url that leads elsewhere is left.
    """
    api = exchange.urls["api"]
    sockets = _rewritten(api.pop("ws", {}), f"ws://{address}")
    exchange.urls["api"] = _rewritten(api, f"http://{address}") | ({"ws": sockets} if sockets else {})
    _trust_nobody(exchange)
    refuse_live_hosts(exchange, address)


def _trust_nobody(exchange: Any) -> None:
    """A local venue speaks no TLS: without certificates no host elsewhere can be talked to."""
    exchange.ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _rewritten(urls: dict[str, Any], base: str) -> dict[str, Any]:
    """The same tree of urls with another scheme and host."""
    return {
        name: _rewritten(url, base) if isinstance(url, dict) else f"{base}{urlsplit(url).path}"
        for name, url in urls.items()
    }


def live_url(url: str | None, address: str) -> str | None:
    """The url a request to the local venue would have at the live one; others stay as they are."""
    local = f"http://{address}"
    if not url or not url.startswith(f"{local}/"):
        return url
    path = url[len(local) :]
    for start, live in LIVE_HOSTS.items():
        if path.startswith(start):
            return live + path[len(start) :]
    return url


def refuse_live_hosts(exchange: Any, address: str) -> None:
    """Make sure that every url of a client's api leads to ``address``.

    Raises:
        LiveHostLeft: one does not.
    """
    for url in _all_urls(exchange.urls["api"]):
        if urlsplit(url).netloc != address:
            raise LiveHostLeft(f"every url must lead to {address}, was {url}")


def _all_urls(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [url for branch in tree.values() for url in _all_urls(branch)]
    return [tree] if isinstance(tree, str) else []
