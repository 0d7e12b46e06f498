"""What a worker read for windows, added up within an Arrow batch before it is given to Spark."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .columns import doubles, texts
from .plan import Grid, Sessions, WindowsStep

_COUNT = pc.CountOptions(mode="all")
_TIME = pa.timestamp("us", tz="UTC")


def counted(columns: dict[str, Any], step: WindowsStep) -> pa.RecordBatch:
    """
    Rows of COUNTED: one for each key and pane, at the latest time of it there.

    The pane is as long as the greatest common divisor of the windows' size and slide, so that a window has all of it or
    nothing (Li et al., "No Pane, No Gain", SIGMOD Record 34/1, 2005), and are late for all of it or for nothing. The
    latest time of all is among the rows, which is what the watermark needs. Of sessions only equal times are added up.
    """
    times = columns["time"]
    values = doubles(columns.get("value"), len(times))
    distinct = columns.get("distinct")
    table = pa.table(
        {
            "pane": pa.array(_panes(times, step.shape), pa.int64()),
            "time": pa.array(times, pa.int64()),
            "key": texts(columns["key"]),
            "value": values,
            "distinct": pa.nulls(len(times), pa.int64()) if distinct is None else pa.array(distinct, pa.int64()),
        }
    )
    groups = table.group_by(["pane", "key", "distinct"]).aggregate(
        [("time", "max"), ("time", "count", _COUNT), ("value", "sum"), ("value", "min"), ("value", "max")]
    )
    arrays = [
        pc.multiply(groups["time_max"], 1_000).cast(_TIME),
        groups["key"],
        groups["time_count"],
        groups["value_sum"],
        groups["value_min"],
        groups["value_max"],
        groups["distinct"],
    ]
    names = ["time", "key", "count", "sum", "least", "greatest", "distinct"]
    return pa.table(arrays, names=names).combine_chunks().to_batches()[0]


def _panes(times: list[int], shape: Grid | Sessions) -> list[int]:
    if isinstance(shape, Sessions):
        return times
    length = math.gcd(shape.size, shape.slide)
    return [time // length for time in times]
