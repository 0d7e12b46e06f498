"""
Headers by which kafka-in knows again what was written before (lib/log/kafka/stamps.ts): Spark writes a micro-batch
again if the driver or a task dies before it is finished.

A stamp is `position.which oldest source`: the position of what a record was made of within a source, which of the
records made of it this is, and the oldest position that may still be written again.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

HEADER = "pulseflow-stamp"

Offsets = Mapping[str, Mapping[str, int]]
"""By topic and partition, which is text as in Spark's own JSON."""


class RecordStamps:
    """Stamps records by the offset of the record that each was made of."""

    def __init__(self, query: str, oldest: Offsets) -> None:
        """
        :param query: the id of the streaming query, which its checkpoint keeps
        :param oldest: where the micro-batch begins
        """
        self._query = query
        self._oldest = oldest
        self._rest: dict[tuple[str, int, str], tuple[int, str]] = {}

    def stamp(self, topic: str, partition: int, offset: int, which: str, step: str) -> str:
        """The stamp of a record that a step writes."""
        place = (topic, partition, step)
        known = self._rest.get(place)
        if known is None:
            oldest = self._oldest.get(topic, {}).get(str(partition), 0)
            known = self._rest[place] = (oldest, f"spark.{self._query}.{topic}-{partition}>{step}")
        oldest, source = known
        return f"{offset}.{which} {min(oldest, offset)} {source}"


class ResultStamps:
    """
    Stamps results by their micro-batch and window. Not by their content: what doubles add up to may differ in the last
    digit when a batch is run again.
    """

    def __init__(self, query: str, batch: int) -> None:
        self._query = query
        self._batch = batch

    def stamp(self, start: int, end: int, number: int, step: str) -> str:
        """
        The stamp of a record that a step writes.

        :param number: which of the records made of the same window it is
        """
        window = f"w{start}_{end}".replace("-", "n")
        return f"{self._batch}.{window}.{number} {self._batch} spark.{self._query}>{step}"


def partition_of(stamp: str, partitions: int) -> int:
    """The partition of a record without a key, the same whenever it is written: each partition knows its own stamps."""
    return zlib.crc32(stamp.encode()) % partitions


def numbered(places: list[int]) -> list[int]:
    """How many equal ones stand before each."""
    seen: dict[int, int] = {}
    numbers = []
    for place in places:
        number = seen.get(place, 0)
        seen[place] = number + 1
        numbers.append(number)
    return numbers
