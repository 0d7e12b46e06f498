"""How the queries of a job get on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pyspark.sql.streaming.listener import (
    QueryIdleEvent,
    QueryProgressEvent,
    QueryStartedEvent,
    QueryTerminatedEvent,
    StreamingQueryListener,
)

from .events import tell_event, tell_progress
from .tally import Tally


class ProgressLines(StreamingQueryListener):
    """Tells of each micro-batch."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._before: dict[str, dict[str, int]] = {}
        self._rejected: dict[str, int] = {}
        self._owners: dict[str, str] = {}

    def follow(self, tallies: Mapping[str, Tally]) -> None:
        """Has the counts of the queries told, too."""
        self._tallies.update(tallies)

    def onQueryStarted(self, event: QueryStartedEvent) -> None:
        pass

    def onQueryProgress(self, event: QueryProgressEvent) -> None:
        progress = json.loads(event.progress.json)
        name = progress.get("name") or ""
        tally = self._tallies.get(name)
        tell_progress(_line(name, progress, {} if tally is None else self._since_last(name, tally)))
        if tally is not None:
            self._tell_rejections(name, tally)

    def onQueryIdle(self, event: QueryIdleEvent) -> None:
        pass

    def onQueryTerminated(self, event: QueryTerminatedEvent) -> None:
        pass

    def _since_last(self, name: str, tally: Tally) -> dict[str, int]:
        now = {kind: tally.count(kind) for kind in ("written", "windows", "ended")}
        before = self._before.get(name, {})
        self._before[name] = now
        return {kind: count - before.get(kind, 0) for kind, count in now.items()}

    def _tell_rejections(self, name: str, tally: Tally) -> None:
        for node, (count, reason) in tally.rejections().items():
            # Several queries lead records through the same node; those of one are told.
            if self._owners.setdefault(node, name) != name:
                continue
            more = count - self._rejected.get(node, 0)
            if more > 0:
                self._rejected[node] = count
                tell_event("rejected", node=node, count=more, reason=reason)


def _line(name: str, progress: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    state = progress.get("stateOperators") or []
    sources = progress.get("sources") or [{}]
    return {
        "query": name,
        "batchId": progress.get("batchId"),
        "time": progress.get("timestamp"),
        "durationMs": progress.get("batchDuration"),
        "durations": progress.get("durationMs"),
        "numInputRows": progress.get("numInputRows"),
        "inputRowsPerSecond": progress.get("inputRowsPerSecond"),
        "processedRowsPerSecond": progress.get("processedRowsPerSecond"),
        "watermark": (progress.get("eventTime") or {}).get("watermark"),
        "stateRows": sum(each.get("numRowsTotal", 0) for each in state),
        "stateBytes": sum(each.get("memoryUsedBytes", 0) for each in state),
        "lateRows": sum(each.get("numRowsDroppedByWatermark", 0) for each in state),
        **counts,
        "offsets": sources[0].get("endOffset"),
        "behind": (sources[0].get("metrics") or {}).get("maxOffsetsBehindLatest"),
    }
