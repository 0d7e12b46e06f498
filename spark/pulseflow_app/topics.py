"""What is to be known of topics before they are read and written, by Kafka's own client on the driver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from .errors import PulseflowError
from .plan import Connection

_PATIENCE_SECONDS = 30
# What lies around a record in a request: its batch, its stamp, a few headers.
_AROUND_A_RECORD = 2_048


class Topics:
    """The topics of one cluster."""

    def __init__(self, spark: SparkSession, connection: Connection, client: Mapping[str, str]) -> None:
        jvm: Any = spark._jvm
        self._jvm = jvm
        self._connection = connection
        properties = jvm.java.util.Properties()
        for name, value in client.items():
            properties.setProperty(name, value)
        properties.setProperty("default.api.timeout.ms", str(_PATIENCE_SECONDS * 1_000))
        try:
            self._admin: Any = jvm.org.apache.kafka.clients.admin.AdminClient.create(properties)
        except Py4JJavaError as error:
            raise self._failed("reached", error) from None

    def close(self) -> None:
        self._admin.close()

    def make_missing(self, names: Iterable[str]) -> None:
        """
        Makes topics that are missing, where the connection allows it.

        :raises PulseflowError: for a topic that is missing and may not be made
        """
        wanted = set(names)
        missing = sorted(wanted - set(self._ask("listed", self._admin.listTopics().names())))
        if not missing:
            return
        if not self._connection.create_topics:
            raise PulseflowError(
                f"{self._connection.brokers} has no topic {', '.join(missing)}.",
                "Make it, or let the kafka-cluster node make topics.",
            )
        optional = self._jvm.java.util.Optional
        made = self._list(
            self._jvm.org.apache.kafka.clients.admin.NewTopic(
                name, optional.of(self._connection.partitions), optional.empty()
            )
            for name in missing
        )
        for name, future in dict(self._admin.createTopics(made).values()).items():
            try:
                self._ask(f"made: {name}", future)
            except PulseflowError as error:
                if "TopicExistsException" not in str(error):
                    raise

    def partitions(self, names: Iterable[str]) -> dict[str, int]:
        """How many partitions each topic has."""
        futures = dict(self._admin.describeTopics(self._list(names)).topicNameValues())
        return {name: self._ask(f"described: {name}", future).partitions().size() for name, future in futures.items()}

    def largest(self, names: Iterable[str]) -> dict[str, int]:
        """How many bytes key and value of a record may have in each topic."""
        resource = self._jvm.org.apache.kafka.common.config.ConfigResource
        kind = getattr(self._jvm, "org.apache.kafka.common.config.ConfigResource$Type").TOPIC
        asked = self._list(resource(kind, name) for name in names)
        answers = dict(self._admin.describeConfigs(asked).values())
        return {
            each.name(): max(
                0,
                int(self._ask(f"described: {each.name()}", future).get("max.message.bytes").value()) - _AROUND_A_RECORD,
            )
            for each, future in answers.items()
        }

    def _list(self, values: Iterable[Any]) -> Any:
        made = self._jvm.java.util.ArrayList()
        for value in values:
            made.add(value)
        return made

    def _ask(self, what: str, future: Any) -> Any:
        try:
            return future.get(_PATIENCE_SECONDS, self._jvm.java.util.concurrent.TimeUnit.SECONDS)
        except Py4JJavaError as error:
            raise self._failed(what, error) from None

    def _failed(self, what: str, error: Py4JJavaError) -> PulseflowError:
        reasons: list[str] = []
        cause = error.java_exception
        while cause is not None and len(reasons) < 4:
            reasons.append(str(cause.toString()))
            cause = cause.getCause()
        return PulseflowError(
            f"The topics of {self._connection.brokers} could not be {what}: {reasons[-1]} ({reasons[0]}).",
            "Look at the brokers' addresses, the security settings and the user's rights.",
        )
