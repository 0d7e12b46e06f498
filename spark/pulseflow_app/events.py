"""Lines on standard output by which whoever started the job follows it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

_lock = threading.Lock()


def tell_progress(progress: Mapping[str, Any]) -> None:
    """Tells how a micro-batch went."""
    _tell("pulseflow-progress", progress)


def tell_event(event: str, **details: Any) -> None:
    """Tells what has happened to the job."""
    _tell("pulseflow-event", {"event": event, **details})


def _tell(prefix: str, content: Mapping[str, Any]) -> None:
    line = f"{prefix} {json.dumps(content, ensure_ascii=True)}\n"
    with _lock:
        try:
            sys.stdout.write(line)
            sys.stdout.flush()
        except (OSError, ValueError):
            # Nobody listens any more.
            pass
