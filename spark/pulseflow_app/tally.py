"""What tasks tell the driver beside their rows: how many records, windows and rejections there were."""

from __future__ import annotations

from typing import Any

from pyspark import SparkContext
from pyspark.accumulators import AccumulatorParam

Counts = dict[tuple[str, str], tuple[int, str]]
"""By kind and node, how many, and the reason of the first."""


class _Adding(AccumulatorParam[Counts]):
    def zero(self, value: Counts) -> Counts:
        return {}

    def addInPlace(self, value1: Counts, value2: Counts) -> Counts:
        for place, (count, reason) in value2.items():
            known, first = value1.get(place, (0, reason))
            value1[place] = (known + count, first)
        return value1


class Tally:
    """Adds up over all tasks of a query. A task that is run again counts again: this is for people to read."""

    def __init__(self, context: SparkContext) -> None:
        self._counts = context.accumulator({}, _Adding())

    def rejected(self, rejections: list[dict[str, Any]]) -> None:
        """Notes records that left a node by an output that no wire takes."""
        for each in rejections:
            self._add("rejected", each["node"], each["count"], each["reason"])

    def windows(self, all_of_them: int, final: int) -> None:
        """Notes windows that were sent, and how many of them were complete."""
        self._add("windows", "", all_of_them)
        self._add("ended", "", final)

    def written(self, count: int) -> None:
        """Notes records for topics."""
        self._add("written", "", count)

    def count(self, kind: str) -> int:
        """How many there have been, on the driver."""
        return self._counts.value.get((kind, ""), (0, ""))[0]

    def rejections(self) -> dict[str, tuple[int, str]]:
        """By node, how many there have been and why the first was rejected; on the driver."""
        return {node: each for (kind, node), each in self._counts.value.items() if kind == "rejected"}

    def _add(self, kind: str, node: str, count: int, reason: str = "") -> None:
        if count > 0:
            self._counts.add({(kind, node): (count, reason)})
