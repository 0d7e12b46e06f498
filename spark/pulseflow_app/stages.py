"""The functions for `DataFrame.mapInArrow`, in which the worker does what Spark itself does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable

import pyarrow as pa

from .columns import OutputRows, worker_input
from .counting import counted
from .plan import WindowsStep
from .stamps import RecordStamps, ResultStamps, numbered, partition_of
from .tally import Tally
from .worker import BorrowedWorker, WorkerCommand

Batches = Iterator[pa.RecordBatch]
Stage = Callable[[Batches], Batches]


# A line for the worker has 256 MB at most, and JSON is a few times as large as what it is made of.
_MOST_BYTES = 32_000_000


class Destinations:
    """Where the steps of a stage write, as far as the driver knows."""

    def __init__(self, topics: Mapping[str, str], partitions: Mapping[str, int], largest: Mapping[str, int]) -> None:
        """
        :param topics: by step, empty where each record brings its own
        :param partitions: by topic, how many it has
        :param largest: by topic, how many bytes a record of it may have
        """
        self._topics = topics
        self._partitions = partitions
        self._largest = largest

    def topics(self, step: str, columns: dict[str, list[Any]]) -> list[str]:
        """The topic of each record that the worker made for a step."""
        own = columns.get("topic")
        return own if own is not None else [self._topics[step]] * len(columns["at"])

    def partition(self, topic: str, key: str | None, stamp: str) -> int | None:
        """The partition of a record without a key; nothing where Kafka's own partitioner is to find it."""
        if key is not None or topic not in self._partitions:
            return None
        return partition_of(stamp, self._partitions[topic])

    def fits(self, topic: str, key: str | None, value: str | None) -> bool:
        """Whether a record is one that the topic takes."""
        largest = self._largest.get(topic)
        if largest is None:
            return True
        length = len(key or "") + len(value or "")
        # Text takes a byte a character at least, and four at most.
        if length * 4 <= largest or length > largest:
            return length <= largest
        return len((key or "").encode("utf-8", "replace")) + len((value or "").encode("utf-8", "replace")) <= largest


def records_stage(command: WorkerCommand, stamps: RecordStamps, destinations: Destinations, tally: Tally) -> Stage:
    """From rows of INPUT to rows of OUTPUT."""

    def run(batches: Batches) -> Batches:
        with BorrowedWorker(command) as worker:
            for batch in _in_parts(batches):
                topics, partitions, offsets = (
                    batch.column(name).to_pylist() for name in ("topic", "partition", "offset")
                )
                answer = worker.ask(worker_input(batch))
                tally.rejected(answer["rejected"])
                rows = OutputRows()
                for step, columns in answer["to"].items():
                    made = [
                        stamps.stamp(topics[at], partitions[at], offsets[at], which, step)
                        for at, which in zip(columns["at"], columns["which"])
                    ]
                    _add(rows, step, columns, made, destinations, tally)
                yield rows.batch()

    return run


def counting_stage(command: WorkerCommand, step: WindowsStep, tally: Tally) -> Stage:
    """From rows of INPUT to rows of COUNTED."""

    def run(batches: Batches) -> Batches:
        with BorrowedWorker(command) as worker:
            for batch in _in_parts(batches):
                answer = worker.ask(worker_input(batch))
                tally.rejected(answer["rejected"])
                columns = answer["to"][step.id]
                if columns["time"]:
                    yield counted(columns, step)

    return run


def results_stage(command: WorkerCommand, stamps: ResultStamps, destinations: Destinations, tally: Tally) -> Stage:
    """
    From windows with all their keys to rows of OUTPUT. Windows are rows of `start` and `end` in ms, `final`, and
    `groups`: a list of structs (`key`, `count`, `sum`, `least`, `greatest`, `distinct`), or JSON of the same as lists.
    """

    def run(batches: Batches) -> Batches:
        with BorrowedWorker(command) as worker:
            for batch in _in_parts(batches):
                windows = batch.to_pylist()
                for window in windows:
                    window["groups"] = _groups(window["groups"])
                answer = worker.ask({"windows": windows})
                tally.rejected(answer["rejected"])
                tally.windows(len(windows), sum(window["final"] for window in windows))
                rows = OutputRows()
                for step, columns in answer["to"].items():
                    at = columns["at"]
                    made = [
                        stamps.stamp(windows[window]["start"], windows[window]["end"], number, step)
                        for window, number in zip(at, numbered(at))
                    ]
                    _add(rows, step, columns, made, destinations, tally)
                yield rows.batch()

    return run


def _in_parts(batches: Batches) -> Batches:
    """Batches that are neither empty nor too large for a line; a row that is too large by itself stays as it is."""
    for batch in batches:
        if batch.num_rows > 1 and batch.nbytes > _MOST_BYTES:
            half = batch.num_rows // 2
            yield from _in_parts(iter([batch.slice(0, half), batch.slice(half)]))
        elif batch.num_rows > 0:
            yield batch


def _groups(groups: Any) -> list[Sequence[Any]]:
    if isinstance(groups, str):
        made: list[Sequence[Any]] = json.loads(groups)
        return made
    return [
        (each["key"], each["count"], each["sum"], each["least"], each["greatest"], each["distinct"]) for each in groups
    ]


def _add(
    rows: OutputRows,
    step: str,
    columns: dict[str, list[Any]],
    stamps: list[str],
    destinations: Destinations,
    tally: Tally,
) -> None:
    topics = destinations.topics(step, columns)
    fitting = [
        destinations.fits(topic, key, value) for topic, key, value in zip(topics, columns["key"], columns["value"])
    ]
    if not all(fitting):
        left_out = [at for at, fits in enumerate(fitting) if not fits]
        tally.rejected(
            [
                {
                    "node": step,
                    "count": len(left_out),
                    "reason": f"A record is larger than the topic {topics[left_out[0]]} takes (max.message.bytes).",
                }
            ]
        )
        kept = [at for at, fits in enumerate(fitting) if fits]
        columns = {name: [column[at] for at in kept] for name, column in columns.items()}
        stamps = [stamps[at] for at in kept]
        topics = [topics[at] for at in kept]
    partitions = [
        destinations.partition(topic, key, stamp) for topic, key, stamp in zip(topics, columns["key"], stamps)
    ]
    rows.add(step, columns, topics, partitions, stamps)
    tally.written(len(stamps))
