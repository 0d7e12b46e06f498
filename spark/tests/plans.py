"""Plans for tests."""

from __future__ import annotations

import copy
from typing import Any

_WINDOWS = {
    "keys": ["hashtags"],
    "time": "created_at",
    "value": "",
    "distinct": "",
    "shape": {"kind": "grid", "size": 60000, "slide": 15000, "timeZone": ""},
    "delay": 10000,
    "emit": "close",
    "every": 1000,
    "top": 0,
    "output": "windows",
}

_PLAN = {
    "version": 1,
    "job": {"id": "job", "name": "Hashtags"},
    "connections": {
        "c": {
            "brokers": "one:9092,two:9092",
            "clientId": "pulseflow",
            "createTopics": True,
            "partitions": 3,
            "security": "PLAINTEXT",
        }
    },
    "source": {
        "id": "in",
        "name": "",
        "connection": "c",
        "topics": ["tweets"],
        "group": "g",
        "from": "earliest",
        "decode": "json",
        "batch": True,
    },
    "stages": [{"from": "in", "to": ["posts", "count"]}, {"from": "count", "to": ["results"]}],
    "steps": [
        {"id": "tags", "name": "", "kind": "records", "type": "hashtag-extract", "from": [{"step": "in", "output": 1}]},
        {"id": "count", "name": "", "kind": "windows", "from": [{"step": "tags", "output": 1}], "settings": _WINDOWS},
        {"id": "posts", "name": "", "kind": "kafka", "from": [{"step": "tags", "output": 1}], "topic": "posts"},
        {"id": "results", "name": "", "kind": "kafka", "from": [{"step": "count", "output": 1}], "topic": "results"},
    ],
}
for _step in _PLAN["steps"]:  # type: ignore[attr-defined]
    if _step["kind"] == "kafka":
        _step.update(
            {"connection": "c", "key": "id", "encode": "json", "compression": "none", "acks": "all", "linger": 5}
        )


def plan() -> dict[str, Any]:
    """A plan of its own for each test: posts with hashtags, and windows of them."""
    return copy.deepcopy(_PLAN)
