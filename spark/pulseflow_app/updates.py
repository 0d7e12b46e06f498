"""
Windows that are sent whenever they change, with all their keys.

Spark's own aggregation would give the changed keys alone in update mode, and nothing when a window ends; what other
keys a window has could then only be read back from the whole state. So each window keeps a table of its keys as its
state; the windows, the watermark and what is late are Spark's as in any aggregation.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql.streaming.state import GroupState

CHANGED = "start bigint, end bigint, final boolean, groups string"
"""A window that has changed or ended; its groups as JSON: a list of key, count, sum, least, greatest, distinct."""

STATE = "start bigint, end bigint, table string"

Group = list[Any]


def update(_: tuple[Any, ...], batches: Iterator[pd.DataFrame], state: GroupState) -> Iterator[pd.DataFrame]:
    """
    Takes in what was counted for a window, or its end. For `applyInPandasWithState`; a batch has `start`, `end` (ms
    since the epoch) and the columns of COUNTED but the time.
    """
    import pandas as pd

    start, end, table = _kept(state)
    changed = False
    for batch in batches:
        for row in batch.itertuples(index=False):
            start, end = int(row.start), int(row.end)
            if row.key is None:
                continue
            changed = True
            _count(table, row)
    watermark = state.getCurrentWatermarkMs()
    final = state.hasTimedOut or end <= watermark
    if not table or not (changed or final):
        return
    groups = json.dumps(list(table.values()), ensure_ascii=False, separators=(",", ":"))
    if not final:
        state.update((start, end, groups))
        # A window has ended once the watermark equals its end; Spark calls back once it is beyond the time set.
        state.setTimeoutTimestamp(max(end - 1, watermark + 1))
    elif state.exists:
        state.remove()
    yield pd.DataFrame({"start": [start], "end": [end], "final": [final], "groups": [groups]})


def _kept(state: GroupState) -> tuple[int, int, dict[str, Group]]:
    if not state.exists:
        return 0, 0, {}
    start, end, text = state.get
    return start, end, {group[0]: group for group in json.loads(text)}


def _count(table: dict[str, Group], row: Any) -> None:
    group = table.get(row.key)
    if group is None:
        group = table[row.key] = [row.key, 0, None, None, None, []]
    group[1] += int(row.count)
    if not _missing(row.sum):
        group[2] = float(row.sum) if group[2] is None else group[2] + float(row.sum)
        group[3] = float(row.least) if group[3] is None else min(group[3], float(row.least))
        group[4] = float(row.greatest) if group[4] is None else max(group[4], float(row.greatest))
    if not _missing(row.distinct):
        value = int(row.distinct)
        if value not in group[5]:
            group[5].append(value)


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
