"""What Spark's Kafka source and sink, and Kafka's own clients, are told."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import PlanError
from .plan import Connection, KafkaStep, Source, Tls
from .secrets import Secrets

_ACKS = {"all": "all", "leader": "1", "none": "0"}
_LOGIN_MODULES = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}


def client_options(connection: Connection, secrets: Secrets) -> dict[str, str]:
    """
    The settings of a Kafka client, under Kafka's own names.

    :raises PlanError: if a secret or a file is missing
    """
    options = {"bootstrap.servers": connection.brokers, "security.protocol": connection.security}
    if connection.mechanism:
        options.update(_login(connection, secrets.get(connection.id, {})))
    if connection.tls is not None:
        options.update(_tls(connection.tls, secrets.get(connection.tls.id, {})))
    return options


def source_options(source: Source, client: Mapping[str, str], most: int) -> dict[str, str]:
    """
    The options of Spark's Kafka source.

    :param most: records of a micro-batch, at most; 0 for all there are
    """
    options = _prefixed(client)
    # As kafka-in does: what was written in a transaction that was aborted does not count.
    options["kafka.isolation.level"] = "read_committed"
    options["includeHeaders"] = "true"
    # As kafka-in does: where the topic has dropped records, reading goes on with the oldest that are left.
    options["failOnDataLoss"] = "false"
    if source.pattern:
        options["subscribePattern"] = source.pattern
    else:
        options["subscribe"] = ",".join(source.topics)
    if isinstance(source.start, int):
        options["startingTimestamp"] = str(source.start)
        options["startingOffsetsByTimestampStrategy"] = "latest"
    else:
        options["startingOffsets"] = source.start
    if most > 0:
        options["maxOffsetsPerTrigger"] = str(most)
    return options


def sink_options(step: KafkaStep, client: Mapping[str, str], largest: int) -> dict[str, str]:
    """
    The options of Spark's Kafka sink.

    :param largest: what a request may hold, in bytes
    """
    options = _prefixed(client)
    options["kafka.acks"] = _ACKS[step.acks]
    options["kafka.compression.type"] = step.compression
    options["kafka.linger.ms"] = str(step.linger)
    options["kafka.max.request.size"] = str(largest)
    if step.acks != "all":
        options["kafka.enable.idempotence"] = "false"
    return options


def _prefixed(client: Mapping[str, str]) -> dict[str, str]:
    return {f"kafka.{name}": value for name, value in client.items()}


def _login(connection: Connection, secret: Mapping[str, str]) -> dict[str, str]:
    module = _LOGIN_MODULES.get(connection.mechanism)
    if module is None:
        known = ", ".join(_LOGIN_MODULES)
        raise PlanError(f"The connection {connection.id} logs in by {connection.mechanism}; known are {known}.")
    for name in ("user", "password"):
        if not secret.get(name):
            raise PlanError(
                f"The connection {connection.id} to {connection.brokers} logs in, but has no {name}.",
                "Give it with the secrets.",
            )
    user, password = _quoted(secret["user"]), _quoted(secret["password"])
    return {
        "sasl.mechanism": connection.mechanism,
        "sasl.jaas.config": f"{module} required username={user} password={password};",
    }


def _quoted(text: str) -> str:
    """As JAAS reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tls(tls: Tls, secret: Mapping[str, str]) -> dict[str, str]:
    options = {}
    ca = _pem("ca", tls.ca, secret)
    if ca:
        options["ssl.truststore.type"] = "PEM"
        options["ssl.truststore.certificates"] = ca
    cert, key = _pem("cert", tls.cert, secret), _pem("key", tls.key, secret)
    if cert and key:
        if "BEGIN PRIVATE KEY" not in key and "BEGIN ENCRYPTED PRIVATE KEY" not in key:
            raise PlanError(
                f"The private key of the TLS settings {tls.id} is not PKCS#8, which Java's Kafka client needs.",
                "Turn it into that with openssl pkcs8 -topk8.",
            )
        options["ssl.keystore.type"] = "PEM"
        options["ssl.keystore.certificate.chain"] = cert
        options["ssl.keystore.key"] = key
        if secret.get("passphrase"):
            options["ssl.key.password"] = secret["passphrase"]
    if not tls.verify:
        # Java's client can leave out the check of the host name, and no more.
        options["ssl.endpoint.identification.algorithm"] = ""
    return options


def _pem(name: str, path: str, secret: Mapping[str, str]) -> str:
    if not path:
        return secret.get(name, "")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise PlanError(f"The file of the TLS setting {name} cannot be read: {error}.") from None
