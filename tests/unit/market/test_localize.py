"""A localized ccxt client knows no way out, and its errors are those of the live venue."""

from typing import Any

import ccxt.pro
import pytest

from tools.market.localize import LiveHostLeft, live_url, localize_binance, refuse_live_hosts

ADDRESS = "127.0.0.1:4321"
ROOTS = {"spot": "api", "linear": "fapi", "inverse": "dapi", "option": "eapi", "portfolioMargin": "papi"}


@pytest.fixture
def local() -> Any:
    client = ccxt.pro.binance()
    localize_binance(client, ADDRESS)
    return client


def texts(tree: Any) -> list[str]:
    """All texts in a tree of dicts."""
    if isinstance(tree, dict):
        return [text for branch in tree.values() for text in texts(branch)]
    return [tree] if isinstance(tree, str) else []


def test_no_live_host_is_left(local: Any) -> None:
    found = [*texts(local.urls["api"]), *texts(local.urls.get("test")), *texts(local.urls.get("demo"))]
    assert len(found) > 20
    assert [text for text in found if f"://{ADDRESS}/" not in text] == []


def test_spot_streams_are_taken_for_spot_and_futures_are_not(local: Any) -> None:
    sockets = local.urls["api"]["ws"]
    assert "/stream" in sockets["spot"]
    assert "/stream" not in sockets["linear"]
    assert sockets["ws-api"]["spot"] == f"ws://{ADDRESS}/ws-api/v3"
    assert local.urls["api"]["private"] == f"http://{ADDRESS}/api/v3"


@pytest.mark.parametrize("market", ROOTS)
def test_every_code_has_its_live_class(local: Any, market: str) -> None:
    live = ccxt.pro.binance()
    host = f"https://{ROOTS[market]}.binance.com/{ROOTS[market]}/v3/order"
    here = f"http://{ADDRESS}/{ROOTS[market]}/v3/order"
    codes = set(live.exceptions["exact"]) | set(live.exceptions[market]["exact"])
    assert len(codes) > 100
    for code in codes:
        body = (
            f'{{"code":{code},"msg":"x"}}' if code.lstrip("-").isdigit() else f'{{"code":1,"msg":"{code}"}}'
        )
        assert raised(local, here, body) is raised(live, host, body), code


def raised(client: Any, url: str, body: str) -> type[BaseException] | None:
    """The class an answer is turned into."""
    try:
        client.handle_errors(400, "", url, "POST", {}, body, client.parse_json(body), {}, {})
    except Exception as error:  # noqa: BLE001 (the class is what is compared)
        return type(error)
    return None


def test_other_urls_stay_as_they_are() -> None:
    assert live_url(None, ADDRESS) is None
    assert live_url("http://127.0.0.1:43210/api/v3/order", ADDRESS) == "http://127.0.0.1:43210/api/v3/order"
    assert live_url(f"http://{ADDRESS}/elsewhere", ADDRESS) == f"http://{ADDRESS}/elsewhere"
    assert live_url(f"http://{ADDRESS}/api/v3/order", ADDRESS) == "https://api.binance.com/api/v3/order"


def test_client_that_was_not_localized_is_refused(local: Any) -> None:
    with pytest.raises(LiveHostLeft, match=r"binance\.com"):
        refuse_live_hosts(ccxt.pro.binance(), ADDRESS)
    local.urls["api"]["ws"]["ws-api"]["spot"] = "wss://ws-api.binance.com/ws-api/v3"
    with pytest.raises(LiveHostLeft, match="ws-api"):
        refuse_live_hosts(local, ADDRESS)
