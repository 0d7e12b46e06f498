"""Ends streaming queries between two micro-batches."""

from __future__ import annotations

import os
import signal
import stat
import threading
from typing import Any, Callable

from pyspark.sql.streaming.query import StreamingQuery

from .failures import words_of

_MARK = "PulseflowStopped"
_STDIN = 0


class Stopped(Exception):
    """Keeps a micro-batch from beginning. It runs after the next start."""

    def __init__(self) -> None:
        super().__init__(_MARK)


class Stopping:
    """Whether the job is to end."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self.reason = ""

    @property
    def wanted(self) -> bool:
        return self._wanted.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for so long at most; returns whether the job is to end."""
        return self._wanted.wait(seconds)

    def ask(self, reason: str) -> None:
        """Has the job end."""
        if not self._wanted.is_set():
            self.reason = reason
            self._wanted.set()

    def watch(self) -> None:
        """Listens to SIGTERM and SIGINT, and to the end of standard input where that is a pipe."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, _: self.ask(signal.Signals(number).name))
        try:
            mode = os.fstat(_STDIN).st_mode
        except OSError:
            return
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            threading.Thread(target=self._read_to_the_end, daemon=True).start()

    def before_each(self, write: Callable[[Any, int], None]) -> Callable[[Any, int], None]:
        """What Spark calls for each micro-batch: nothing more is begun once the job is to end."""

        def run(batch: Any, number: int) -> None:
            if self.wanted:
                raise Stopped()
            write(batch, number)

        return run

    def _read_to_the_end(self) -> None:
        # Not by sys.stdin: Python waits for its lock when it ends.
        while os.read(_STDIN, 1 << 16):
            pass
        self.ask("the end of standard input")


def end(query: StreamingQuery) -> bool:
    """
    Ends a query that is to end, if nothing of it is under way.

    :return: whether it has ended
    """
    if query.isActive and not query.status["isTriggerActive"]:
        query.stop()
    return not query.isActive


def failure_of(query: StreamingQuery) -> str:
    """Why a query has ended; empty if it was asked to, or is finished."""
    error = query.exception()
    if error is None or _MARK in str(error):
        return ""
    return words_of(query.name, str(error))
