"""The plan of a job: what lib/spark makes of a flow, in version 1 (docs/spark-plan.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import PlanError
from .fields import Fields, parsed

VERSION = 1


@dataclass(frozen=True)
class Tls:
    """Paths of PEM files; what was uploaded into Node-RED comes with the secrets instead."""

    id: str
    verify: bool
    ca: str
    cert: str
    key: str


@dataclass(frozen=True)
class Connection:
    """How the brokers of a cluster are reached, without its secrets."""

    id: str
    brokers: str
    create_topics: bool
    partitions: int
    security: str
    mechanism: str
    tls: Tls | None


@dataclass(frozen=True)
class Source:
    """The topics that are read: their names, or a regular expression of Java in `pattern`."""

    id: str
    connection: str
    topics: tuple[str, ...]
    pattern: str
    start: str | int
    """`earliest`, `latest`, or a time in ms since the epoch."""


@dataclass(frozen=True)
class Grid:
    """Windows on a grid from the epoch on, in ms; tumbling where slide and size are equal."""

    size: int
    slide: int


@dataclass(frozen=True)
class Sessions:
    """Windows that end when a key has been silent for the gap, in ms."""

    gap: int


@dataclass(frozen=True)
class WindowsStep:
    """Windows of event time; durations in ms."""

    id: str
    shape: Grid | Sessions
    delay: int
    updates: bool
    """Windows are sent whenever they change, and once more when they are complete."""
    every: int
    valued: bool
    distinct: bool
    top: int

    @property
    def counting(self) -> Mapping[str, Any]:
        """What the state of a checkpoint depends on."""
        shape = self.shape
        lengths = [shape.size, shape.slide] if isinstance(shape, Grid) else [shape.gap]
        return {"lengths": lengths, "updates": self.updates, "valued": self.valued, "distinct": self.distinct}


@dataclass(frozen=True)
class KafkaStep:
    """A topic that is written; with an empty name each record brings its own."""

    id: str
    connection: str
    topic: str
    compression: str
    acks: str
    linger: int


@dataclass(frozen=True)
class Stage:
    """What one worker does at a time: from the source or a windows step to other steps."""

    origin: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A stretch of a flow, from one source to topics."""

    job: str
    name: str
    connections: Mapping[str, Connection]
    source: Source
    stages: tuple[Stage, ...]
    windows: Mapping[str, WindowsStep]
    topics: Mapping[str, KafkaStep]

    def stage(self, origin: str) -> Stage:
        """The stage that begins at the source or a windows step; without targets if there is none."""
        return next((stage for stage in self.stages if stage.origin == origin), Stage(origin, ()))

    def topics_of(self, origin: str) -> tuple[KafkaStep, ...]:
        """The topics that are reached from there without windows in between."""
        return tuple(self.topics[step] for step in self.stage(origin).to if step in self.topics)

    def windows_of(self, origin: str) -> tuple[WindowsStep, ...]:
        """The windows that are reached from there."""
        return tuple(self.windows[step] for step in self.stage(origin).to if step in self.windows)


def read_plan(text: str) -> Plan:
    """
    Reads a plan from JSON.

    :raises PlanError: naming the place in the plan, if it cannot be used
    """
    root = parsed(text, "The plan")
    version = root.number("version")
    if version != VERSION:
        raise PlanError(
            f"The plan has version {version}, and this application runs version {VERSION}.",
            "Use the application and the node of the same release.",
        )
    steps = root.list("steps")
    kinds = {"records", "windows", "kafka"}
    for step in steps:
        step.choice("kind", kinds)
    job = root.inner("job")
    plan = Plan(
        job=job.text("id"),
        name=job.text("name", ""),
        connections={name: _connection(name, each) for name, each in root.named("connections").items()},
        source=_source(root.inner("source")),
        stages=tuple(Stage(each.text("from"), each.texts("to")) for each in root.list("stages")),
        windows={each.text("id"): _windows(each) for each in steps if each.text("kind") == "windows"},
        topics={each.text("id"): _topic(each) for each in steps if each.text("kind") == "kafka"},
    )
    _check(plan)
    return plan


def _connection(name: str, fields: Fields) -> Connection:
    tls = fields.inner("tls") if fields.has("tls") else None
    return Connection(
        id=name,
        brokers=fields.text("brokers"),
        create_topics=fields.flag("createTopics"),
        partitions=fields.number("partitions", least=1),
        security=fields.choice("security", {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}),
        mechanism=fields.text("mechanism", ""),
        tls=None
        if tls is None
        else Tls(tls.text("id"), tls.flag("verify"), tls.text("ca", ""), tls.text("cert", ""), tls.text("key", "")),
    )


def _source(fields: Fields) -> Source:
    pattern = ""
    topics: tuple[str, ...] = ()
    if fields.is_list("topics"):
        topics = fields.texts("topics")
        if not topics:
            raise fields.error("topics", "must name a topic")
    else:
        pattern = fields.inner("topics").text("pattern")
    start: str | int
    if fields.is_text("from"):
        start = fields.choice("from", {"earliest", "latest"})
    else:
        start = fields.inner("from").number("time")
    return Source(fields.text("id"), fields.text("connection"), topics, pattern, start)


def _windows(fields: Fields) -> WindowsStep:
    settings = fields.inner("settings")
    shape = settings.inner("shape")
    kind = shape.choice("kind", {"grid", "session"})
    updates = settings.choice("emit", {"close", "update"}) == "update"
    if kind == "session" and updates:
        raise settings.error("emit", "cannot be update: sessions have no updates on Spark")
    if kind == "grid" and shape.text("timeZone", "") != "":
        raise shape.error("timeZone", "must be empty: the windows of Spark are aligned to UTC")
    made: Grid | Sessions
    if kind == "session":
        made = Sessions(shape.number("gap", least=1))
    else:
        made = Grid(shape.number("size", least=1), shape.number("slide", least=1))
        if made.slide > made.size:
            raise shape.error("slide", f"must be at most the size {made.size}, not {made.slide}")
    return WindowsStep(
        id=fields.text("id"),
        shape=made,
        delay=settings.number("delay", least=0),
        updates=updates,
        every=settings.number("every", least=1) if updates else 0,
        valued=settings.text("value", "") != "",
        distinct=settings.text("distinct", "") != "",
        top=settings.number("top", least=0) if settings.has("top") else 0,
    )


def _topic(fields: Fields) -> KafkaStep:
    return KafkaStep(
        id=fields.text("id"),
        connection=fields.text("connection"),
        topic=fields.text("topic", ""),
        compression=fields.choice("compression", {"none", "gzip", "snappy", "lz4", "zstd"}),
        acks=fields.choice("acks", {"all", "leader", "none"}),
        linger=fields.number("linger", least=0) if fields.has("linger") else 0,
    )


def _check(plan: Plan) -> None:
    used = [("source", plan.source.connection)]
    used += [(f"step {step.id}", step.connection) for step in plan.topics.values()]
    for what, connection in used:
        if connection not in plan.connections:
            raise PlanError(f"The {what} uses the connection {connection}, which the plan does not have.")
    origins = {plan.source.id, *plan.windows}
    for stage in plan.stages:
        if stage.origin not in origins:
            raise PlanError(f"A stage begins at {stage.origin}, which is neither the source nor windows.")
        for step in stage.to:
            if step not in plan.windows and step not in plan.topics:
                raise PlanError(f"The stage from {stage.origin} leads to {step}, which is neither windows nor a topic.")
            if step in plan.windows and stage.origin in plan.windows:
                raise PlanError(
                    f"The windows {step} count the results of the windows {stage.origin}.",
                    "Write these to a topic, and count them in a job of their own.",
                )
    if not any(plan.topics_of(origin) for origin in origins):
        raise PlanError("The plan writes to no topic.")
