-- What the questions' SQL reads: one row a decision, one a refusal, one a fill, one a change.
CREATE TEMP VIEW regimes(number, name) AS
VALUES (0, 'unavailable'), (1, 'calm'), (2, 'volatile'), (3, 'trending'), (4, 'panic');

CREATE TEMP VIEW d AS
SELECT decision.decision_id AS id, decision.signal_id, decision.symbol, decision.ts,
       date(decision.ts / 1000000000, 'unixepoch') AS day,
       CAST(strftime('%H', decision.ts / 1000000000, 'unixepoch') AS INTEGER) AS hour,
       strftime('%H:%M', decision.ts / 1000000000, 'unixepoch') AS clock,
       decision.action, decision.route, decision.is_probe AS probe, decision.reason, decision.votes, decision.clamps,
       decision.plan, regimes.name AS regime, signal.side,
       json_extract(signal.features, '$.mm_confidence') AS confidence,
       json_extract(signal.features, '$.spoofing_score') AS spoofing,
       json_extract(signal.features, '$.mm_avg_order_size') AS mm_size,
       json_extract(signal.features, '$.mm_lower_bound') AS mm_low,
       json_extract(signal.features, '$.mm_upper_bound') AS mm_high,
       json_extract(signal.features, '$.mm_refresh_rate') AS mm_rate,
       json_extract(signal.features, '$.mm_spread_bps') AS mm_spread,
       json_extract(signal.features, '$.spread_bps') AS spread,
       took.outcome_id, took.result, took.net_bps AS bps, CAST(took.net_quote AS REAL) AS net,
       CAST(took.fees_quote AS REAL) AS fees, (took.ts_exit - took.ts_entry) / 1e9 AS held,
       took.entry_price / 1e8 AS bought, took.exit_price / 1e8 AS sold,
       paper.net_bps AS paper, paper.result AS paper_result
FROM decision
JOIN signal ON signal.signal_id = decision.signal_id
JOIN regimes ON regimes.number = signal.regime
LEFT JOIN outcome AS took ON took.decision_id = decision.decision_id AND took.kind = 'taken'
LEFT JOIN outcome AS paper ON paper.decision_id = decision.decision_id AND paper.kind = 'shadow';

CREATE TEMP VIEW t AS SELECT * FROM d WHERE outcome_id IS NOT NULL;

CREATE TEMP VIEW refused AS
SELECT d.*, substr(json_extract(vote.value, '$.component'), 6) AS rule
FROM d, json_each(d.votes) AS vote
WHERE json_extract(vote.value, '$.component') LIKE 'rule.%' AND json_extract(vote.value, '$.stance') = 'skip';

CREATE TEMP VIEW cut AS
SELECT d.*, json_extract(clamp.value, '$.limit') AS limit_name, json_extract(clamp.value, '$.before') AS before,
       json_extract(clamp.value, '$.after') AS after
FROM d, json_each(d.clamps) AS clamp;

CREATE TEMP VIEW f AS
SELECT fill.*, date(fill.ts / 1000000000, 'unixepoch') AS day, CAST(fee_quote AS REAL) AS fee FROM fill;

CREATE TEMP VIEW change AS SELECT *, date(ts_known / 1000000000, 'unixepoch') AS day FROM parameter;

CREATE TEMP VIEW asked AS
SELECT *, date(ts / 1000000000, 'unixepoch') AS day, CAST(cost_usd AS REAL) AS cost FROM consultation;
