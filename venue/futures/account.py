"""What the owner of a futures account may ask about it, and the settings that cannot be changed."""

from __future__ import annotations

from typing import Any

from venue.binance.calls import Call
from venue.futures import errors, replies
from venue.futures.desk import ASSET, desk_of
from venue.serving.desk import Market

NO_CAP = 9_223_372_036_854_775_807


def _sums(call: Call) -> dict[str, str]:
    """Wallet, profit and margins of the account, in the words of its assets."""
    desk, account = desk_of(call), call.account
    ledger = desk.ledger
    balance = ledger.wallets[account].balance
    profit, margin = ledger.total(account, ledger.unrealised), ledger.total(account, ledger.margin)
    held = ledger.total(account, ledger.held)
    told = {
        "walletBalance": balance,
        "unrealizedProfit": profit,
        "marginBalance": balance + profit,
        "maintMargin": 0,
        "initialMargin": margin,
        "positionInitialMargin": held,
        "openOrderInitialMargin": margin - held,
        "crossWalletBalance": balance,
        "crossUnPnl": profit,
        "availableBalance": ledger.available(account),
        "maxWithdrawAmount": max(0, ledger.available(account)),
    }
    return {name: desk.money(units) for name, units in told.items()}


def status(call: Call) -> dict[str, Any]:
    """GET account, v2 and v3."""
    sums, now = _sums(call), call.desk.now_ms()
    names = {
        "totalInitialMargin": "initialMargin",
        "totalMaintMargin": "maintMargin",
        "totalWalletBalance": "walletBalance",
        "totalUnrealizedProfit": "unrealizedProfit",
        "totalMarginBalance": "marginBalance",
        "totalPositionInitialMargin": "positionInitialMargin",
        "totalOpenOrderInitialMargin": "openOrderInitialMargin",
        "totalCrossWalletBalance": "crossWalletBalance",
        "totalCrossUnPnl": "crossUnPnl",
        "availableBalance": "availableBalance",
        "maxWithdrawAmount": "maxWithdrawAmount",
    }
    return {
        "feeTier": 0,
        "canTrade": call.key is not None and call.key.may_trade,
        "canDeposit": True,
        "canWithdraw": False,
        "multiAssetsMargin": False,
        "updateTime": now,
        **{total: sums[name] for total, name in names.items()},
        "assets": [{"asset": ASSET, **sums, "marginAvailable": True, "updateTime": now}],
        "positions": [_held(call, market) for market in _with_positions(call)],
    }


def _held(call: Call, market: Market) -> dict[str, Any]:
    """A position as the account lists it; one letter differs from positionRisk."""
    told = replies.position(desk_of(call), call.account, market)
    return told | {"unrealizedProfit": told["unRealizedProfit"], "isolated": False}


def balance(call: Call) -> list[dict[str, Any]]:
    """GET balance."""
    sums = _sums(call)
    return [
        {
            "accountAlias": "local",
            "asset": ASSET,
            "balance": sums["walletBalance"],
            "crossWalletBalance": sums["crossWalletBalance"],
            "crossUnPnl": sums["crossUnPnl"],
            "availableBalance": sums["availableBalance"],
            "maxWithdrawAmount": sums["maxWithdrawAmount"],
            "marginAvailable": True,
            "updateTime": call.desk.now_ms(),
        }
    ]


def _with_positions(call: Call) -> list[Market]:
    wallet = desk_of(call).ledger.wallets[call.account]
    return [market for market in call.desk.markets if wallet.position(market.number).size]


def position_risk(call: Call) -> list[dict[str, Any]]:
    """GET positionRisk: of the symbol that is named, else of those with a position."""
    markets = [call.desk.market(call.params)] if call.params.text("symbol") else _with_positions(call)
    return [replies.position(desk_of(call), call.account, market) for market in markets]


def leverage_bracket(call: Call) -> list[dict[str, Any]]:
    """GET leverageBracket: one, of leverage 1, without maintenance margin: nothing is liquidated."""
    markets = [call.desk.market(call.params)] if call.params.text("symbol") else call.desk.markets
    bracket = {
        "bracket": 1,
        "initialLeverage": 1,
        "notionalCap": NO_CAP,
        "notionalFloor": 0,
        "maintMarginRatio": 0.0,
        "cum": 0.0,
    }
    return [{"symbol": market.symbol, "notionalCoef": 1.0, "brackets": [bracket]} for market in markets]


def commission_rate(call: Call) -> dict[str, Any]:
    """GET commissionRate."""
    ledger = desk_of(call).ledger
    return {
        "symbol": call.desk.market(call.params).symbol,
        "makerCommissionRate": f"{ledger.maker_ppm / 1e6:.6f}",
        "takerCommissionRate": f"{ledger.taker_ppm / 1e6:.6f}",
    }


def position_mode(call: Call) -> dict[str, Any]:
    """GET positionSide/dual: one position a symbol."""
    return {"dualSidePosition": False}


def set_leverage(call: Call) -> dict[str, Any]:
    """POST leverage: 1 is what it is."""
    leverage = call.params.integer("leverage") or 0
    market = call.desk.market(call.params)
    if leverage != 1:
        raise errors.no_such_leverage(leverage)
    return {"symbol": market.symbol, "leverage": 1, "maxNotionalValue": str(NO_CAP)}


def new_listen_key(call: Call) -> dict[str, Any]:
    """POST listenKey: the account's own, made at the first time."""
    desk = desk_of(call)
    for known, account in desk.listen_keys.items():
        if account == call.account:
            return {"listenKey": known}
    made = desk.new_id() + desk.new_id()
    desk.listen_keys[made] = call.account
    return {"listenKey": made}


def keep_listen_key(call: Call) -> dict[str, Any]:
    """PUT listenKey."""
    for known, account in desk_of(call).listen_keys.items():
        if account == call.account:
            return {"listenKey": known}
    raise errors.no_such_listen_key()


def end_listen_key(call: Call) -> dict[str, Any]:
    """DELETE listenKey."""
    keys = desk_of(call).listen_keys
    for known in [known for known, account in keys.items() if account == call.account]:
        del keys[known]
    return {}
