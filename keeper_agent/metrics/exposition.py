"""Samples become the text that Prometheus reads; a family never has more than so many label sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from keeper_agent.metrics.catalogue import BY_NAME, CATALOGUE, PREFIX, Kind, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_SERIES = 200  # label sets of a family
LONGEST_LABEL = 64  # characters of a value
LEFT_OUT = "series_left_out"
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


@dataclass(frozen=True, slots=True)
class Buckets:
    """A histogram as it stands: ``counts`` are of values up to each of ``bounds``, not summed up, then above.

    Attributes:
        bounds: Upper bounds, ascending, seconds, (n,).
        counts: (n + 1,).
        total: Sum of all values, seconds.
    """

    bounds: Sequence[float]
    counts: Sequence[int]
    total: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of the family ``name``, with its labels in the order of the catalogue."""

    name: str
    value: float | Buckets
    labels: tuple[str, ...] = ()


def exposition(samples: Iterable[Sample]) -> bytes:
    """The samples as text.

    Raises:
        KeyError: A sample names no metric of the catalogue.
        ValueError: It has other labels than its metric, or its labels were given before.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(samples))
    return generate_latest(registry)


class _Collected(Collector):
    """The families of one scrape, in the order of the catalogue."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._by_name: dict[str, dict[tuple[str, ...], float | Buckets]] = {}
        for sample in samples:
            metric = BY_NAME[sample.name]
            if len(sample.labels) != len(metric.labels):
                raise ValueError(f"{metric.name} has the labels {metric.labels}, given were {sample.labels}")
            held = self._by_name.setdefault(sample.name, {})
            labels = tuple(label[:LONGEST_LABEL] for label in sample.labels)
            if labels in held:
                raise ValueError(f"{metric.name} was given twice for {labels}")
            held[labels] = sample.value

    def collect(self) -> Iterator[Family]:
        """Every family that has a sample, and how many were left out."""
        left_out = sum(max(0, len(held) - MOST_SERIES) for held in self._by_name.values())
        self._by_name[LEFT_OUT] = {(): float(left_out)}
        for metric in CATALOGUE:
            held = self._by_name.get(metric.name)
            if held:
                yield _family(metric, dict(sorted(held.items())[:MOST_SERIES]))


def _family(metric: Metric, held: Mapping[tuple[str, ...], float | Buckets]) -> Family:
    name = PREFIX + metric.name
    if metric.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(name, metric.help, labels=metric.labels)
        for labels, value in held.items():
            if not isinstance(value, Buckets):
                raise TypeError(f"{metric.name} is a histogram, given was {value}")
            histogram.add_metric(labels, _cumulative(value), value.total)
        return histogram
    made = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = made(name, metric.help, labels=metric.labels)
    for labels, value in held.items():
        if isinstance(value, Buckets):
            raise TypeError(f"{metric.name} is a {metric.kind}, given was a histogram")
        family.add_metric(labels, value)
    return family


def _cumulative(value: Buckets) -> list[tuple[str, float]]:
    if len(value.counts) != len(value.bounds) + 1:
        raise ValueError(f"expected {len(value.bounds) + 1} counts, were {len(value.counts)}")
    seen, pairs = 0, []
    for bound, count in zip([*map(str, value.bounds), "+Inf"], value.counts, strict=True):
        seen += count
        pairs.append((bound, float(seen)))
    return pairs
