"""Writes what stages made to topics, by Spark's Kafka sink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .kafka_options import sink_options
from .plan import KafkaStep
from .stages import Destinations
from .topics import Topics

_DEFAULT_REQUEST = 1_048_576


@dataclass(frozen=True)
class _Group:
    """Steps that are written alike, and so at once."""

    steps: tuple[str, ...]
    options: Mapping[str, str]


class Sink:
    """The topics that a stage leads to."""

    def __init__(
        self, steps: Sequence[KafkaStep], clients: Mapping[str, Mapping[str, str]], topics: Mapping[str, Topics]
    ) -> None:
        """
        Looks at the topics and makes those that are missing.

        :param clients: the settings of Kafka's clients, by connection
        :param topics: the topics of each connection's cluster
        :raises PulseflowError: if a cluster is out of reach, or a topic is missing and may not be made
        """
        names: dict[str, list[str]] = {}
        for step in steps:
            if step.topic:
                names.setdefault(step.connection, []).append(step.topic)
        partitions: dict[str, int] = {}
        largest: dict[str, int] = {}
        for connection, wanted in names.items():
            topics[connection].make_missing(wanted)
            partitions.update(topics[connection].partitions(wanted))
            largest.update(topics[connection].largest(wanted))
        self.destinations = Destinations({step.id: step.topic for step in steps}, partitions, largest)
        request = max([_DEFAULT_REQUEST, *(each + _DEFAULT_REQUEST for each in largest.values())])
        alike: dict[tuple[object, ...], list[KafkaStep]] = {}
        for step in steps:
            alike.setdefault((step.connection, step.acks, step.compression, step.linger), []).append(step)
        self._groups = [
            _Group(tuple(step.id for step in each), sink_options(each[0], clients[each[0].connection], request))
            for each in alike.values()
        ]

    def write(self, rows: DataFrame) -> None:
        """Writes rows of OUTPUT; done when the brokers have acknowledged all of them."""
        if len(self._groups) == 1:
            self._write(rows, self._groups[0])
            return
        rows = rows.persist()
        try:
            for group in self._groups:
                self._write(rows.where(F.col("step").isin(*group.steps)), group)
        finally:
            rows.unpersist()

    def _write(self, rows: DataFrame, group: _Group) -> None:
        rows.drop("step").write.format("kafka").options(**group.options).save()
