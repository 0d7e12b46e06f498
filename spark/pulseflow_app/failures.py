"""What a person is told of a query that has failed."""

from __future__ import annotations

import re

# Python's tracebacks come as the messages of Java's exceptions, several times over.
_OURS = re.compile(
    r"pulseflow_app\.errors\.\w+: (.+?)(?=\n\s*(?:at |\.\.\. |Traceback|=== |Caused by)|\n\n|\Z)", re.DOTALL
)
_STATE = re.compile(r"\s*SQLSTATE: \w+.*", re.DOTALL)
_QUERY = re.compile(r"^\[STREAM_FAILED\] Query \[.*?\] terminated with exception: ", re.DOTALL)
_MOST = 800


def words_of(name: str, error: str) -> str:
    """
    What went wrong with a query, short enough to be read.

    :param error: all that Spark says of it
    """
    ours = _OURS.search(error)
    text = ours.group(1) if ours is not None else _STATE.sub("", _QUERY.sub("", error))
    text = text.strip()
    short = text if len(text) <= _MOST else f"{text[:_MOST]}…"
    return f"{name}: {short}"
