"""Between Arrow's columns and the lists that a worker reads and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from .stamps import HEADER

INPUT = "value binary, key binary, topic string, partition int, offset bigint, timestamp bigint, " + (
    "headers array<struct<key: string, value: binary>>"
)
"""What a worker is given of the source; the timestamp in ms since the epoch."""

OUTPUT = "step string, topic string, partition int, key string, value string, " + (
    "headers array<struct<key: string, value: binary>>"
)
"""What is written to topics."""

COUNTED = "time timestamp, key string, count bigint, sum double, least double, greatest double, distinct bigint"
"""What windows are made of: occurrences of a key, at a time; without a key they only move the watermark."""

_HEADERS = pa.list_(pa.struct([("key", pa.string()), ("value", pa.binary())]))
_OUTPUT = pa.schema(
    [
        ("step", pa.string()),
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("key", pa.string()),
        ("value", pa.string()),
        ("headers", _HEADERS),
    ]
)


def worker_input(batch: pa.RecordBatch) -> dict[str, Any]:
    """What a worker is given of a batch of the source."""
    columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
    headers = [_headers(each) for each in columns.pop("headers")]
    if any(headers):
        columns["headers"] = headers
    for name in ("value", "key"):
        columns[name] = [None if each is None else each.decode("utf-8", "replace") for each in columns[name]]
    topics = set(columns["topic"])
    if len(topics) == 1:
        columns["topic"] = topics.pop()
    return columns


def _headers(pairs: Sequence[dict[str, Any]] | None) -> dict[str, str] | None:
    if not pairs:
        return None
    # Where a record came from says nothing about the one that is made of it.
    return {
        pair["key"]: (pair["value"] or b"").decode("utf-8", "replace") for pair in pairs if pair["key"] != HEADER
    } or None


class OutputRows:
    """Collects rows of OUTPUT."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in _OUTPUT.names}

    def add(
        self,
        step: str,
        columns: dict[str, list[Any]],
        topics: Sequence[str],
        partitions: Sequence[int | None],
        stamps: Sequence[str],
    ) -> None:
        """
        Adds what a worker made for a step.

        :param columns: the columns `key`, `value` and perhaps `headers`, as the worker gave them
        """
        mine = self._columns
        mine["step"].extend([step] * len(stamps))
        mine["topic"].extend(topics)
        mine["partition"].extend(partitions)
        mine["key"].extend(columns["key"])
        mine["value"].extend(columns["value"])
        own = columns.get("headers") or [None] * len(stamps)
        mine["headers"].extend(
            [
                *({"key": name, "value": text.encode("utf-8", "replace")} for name, text in (others or {}).items()),
                {"key": HEADER, "value": stamp.encode("utf-8")},
            ]
            for stamp, others in zip(stamps, own)
        )

    def batch(self) -> pa.RecordBatch:
        """All that was added."""
        mine = self._columns
        arrays = [
            texts(mine[field.name]) if field.type == pa.string() else pa.array(mine[field.name], field.type)
            for field in _OUTPUT
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=_OUTPUT)


def texts(values: list[str | None]) -> pa.Array:
    """A column of text; half of a surrogate pair becomes U+FFFD, as everywhere where text becomes bytes."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array(map(_whole, values), pa.string())


def _whole(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def doubles(values: Iterable[Any] | None, length: int) -> pa.Array:
    """A column of doubles, from numbers as JSON has them; without values one of nulls."""
    if values is None:
        return pa.nulls(length, pa.float64())
    return pa.array([float(value) for value in values], pa.float64())
