"""The streaming queries of a plan: one for what is written of records by themselves, one for each windows step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming.query import StreamingQuery
from pyspark.sql.streaming.state import GroupStateTimeout

from .checkpoint import Checkpoint
from .columns import COUNTED, INPUT, OUTPUT
from .kafka_options import source_options
from .plan import Grid, KafkaStep, Plan, WindowsStep
from .sink import Sink
from .stages import counting_stage, records_stage, results_stage
from .stamps import RecordStamps, ResultStamps
from .stopping import Stopping
from .tally import Tally
from .topics import Topics
from .updates import CHANGED, STATE, update
from .worker import WorkerCommand

RECORDS = "records"

WriteBatch = Callable[[DataFrame, int], None]


@dataclass(frozen=True)
class Environment:
    """What the queries of a job share."""

    spark: SparkSession
    plan: Plan
    checkpoint: Checkpoint
    clients: Mapping[str, Mapping[str, str]]
    """The settings of Kafka's clients, by connection."""
    topics: Mapping[str, Topics]
    command: Callable[[str, Sequence[str]], WorkerCommand]
    """What runs the stage from a step to others."""
    stopping: Stopping
    most: int
    """Records of a micro-batch, at most; 0 for all there are."""
    trigger: Mapping[str, Any]


def start_queries(environment: Environment) -> dict[str, Tally]:
    """
    Starts all queries of the plan.

    :return: what each counts, by its name
    :raises PulseflowError: if the checkpoint or a topic cannot be used
    """
    plan = environment.plan
    tallies = {}
    if plan.topics_of(plan.source.id):
        tallies[RECORDS] = _start_records(environment)
    for step in plan.windows_of(plan.source.id):
        if plan.topics_of(step.id):
            tallies[f"windows-{step.id}"] = _start_windows(environment, step)
    return tallies


def _start_records(environment: Environment) -> Tally:
    plan, checkpoint = environment.plan, environment.checkpoint
    steps = plan.topics_of(plan.source.id)
    sink = _sink(environment, steps)
    tally = Tally(environment.spark.sparkContext)
    command = environment.command(plan.source.id, [step.id for step in steps])

    def write(batch: DataFrame, number: int) -> None:
        stamps = RecordStamps(_query_id(environment), checkpoint.offsets_before(RECORDS, number))
        sink.write(batch.mapInArrow(records_stage(command, stamps, sink.destinations, tally), OUTPUT))

    checkpoint.claim(RECORDS, plan, {})
    _start(environment, RECORDS, _source(environment), write, "append", environment.trigger)
    return tally


def _start_windows(environment: Environment, step: WindowsStep) -> Tally:
    plan = environment.plan
    name = f"windows-{step.id}"
    steps = plan.topics_of(step.id)
    sink = _sink(environment, steps)
    tally = Tally(environment.spark.sparkContext)
    counting = counting_stage(environment.command(plan.source.id, [step.id]), step, tally)
    command = environment.command(step.id, [each.id for each in steps])
    rows = _source(environment).mapInArrow(counting, COUNTED).withWatermark("time", f"{step.delay} milliseconds")

    def write(batch: DataFrame, number: int) -> None:
        stamps = ResultStamps(_query_id(environment), number)
        windows = batch.repartition(1) if step.updates else _together(batch)
        # Results come in the order of their ends, as from window-count.
        windows = windows.sortWithinPartitions("end", "start")
        sink.write(windows.mapInArrow(results_stage(command, stamps, sink.destinations, tally), OUTPUT))

    environment.checkpoint.claim(name, plan, step.counting)
    trigger = environment.trigger
    if step.updates:
        if "processingTime" in trigger:
            trigger = {"processingTime": f"{step.every} milliseconds"}
        _start(environment, name, _changed_windows(rows, step), write, "update", trigger)
    else:
        _start(environment, name, _ended_windows(rows, step), write, "append", trigger)
    return tally


def _source(environment: Environment) -> DataFrame:
    source = environment.plan.source
    options = source_options(source, environment.clients[source.connection], environment.most)
    read = environment.spark.readStream.format("kafka").options(**options).load()
    return read.withColumn("timestamp", F.unix_millis("timestamp")).select(
        *(field.split()[0] for field in INPUT.split(", ")[:7])
    )


def _window(step: WindowsStep) -> Column:
    if isinstance(step.shape, Grid):
        return F.window("time", f"{step.shape.size} milliseconds", f"{step.shape.slide} milliseconds")
    return F.session_window("time", f"{step.shape.gap} milliseconds")


def _ended_windows(rows: DataFrame, step: WindowsStep) -> DataFrame:
    """
    A row for each key of a window, once it has ended. Those without a key are not left out here: a filter would be
    moved to where they have not yet moved the watermark.
    """
    kept = [F.sum("count").alias("count")]
    if step.valued:
        kept += [F.sum("sum").alias("sum"), F.min("least").alias("least"), F.max("greatest").alias("greatest")]
    if step.distinct:
        kept += [F.collect_set("distinct").alias("distinct")]
    counted = rows.groupBy(_window(step).alias("window"), "key").agg(*kept)
    nothing = F.lit(None).cast("double")
    if not step.valued:
        counted = counted.withColumns({"sum": nothing, "least": nothing, "greatest": nothing})
    if not step.distinct:
        counted = counted.withColumn("distinct", F.lit(None).cast("array<bigint>"))
    return counted.select(*_bounds(), "key", "count", "sum", "least", "greatest", "distinct")


def _together(keys: DataFrame) -> DataFrame:
    """A row for each window. All keys of a window end in the same micro-batch, so that none is missing."""
    group = F.struct("key", "count", "sum", "least", "greatest", "distinct")
    together = keys.where("key IS NOT NULL").repartition(1).groupBy("start", "end")
    return together.agg(F.lit(True).alias("final"), F.collect_list(group).alias("groups"))


def _changed_windows(rows: DataFrame, step: WindowsStep) -> DataFrame:
    """A row for each window that has changed or ended."""
    # What is late is told by the only column left that knows of the watermark: the window, by its end.
    windows = rows.select(
        _window(step).alias("window"), "key", "count", "sum", "least", "greatest", "distinct"
    ).withColumns({"start": F.unix_millis("window.start"), "end": F.unix_millis("window.end")})
    return windows.groupBy("window").applyInPandasWithState(
        update, CHANGED, STATE, "update", GroupStateTimeout.EventTimeTimeout
    )


def _bounds() -> Sequence[Column]:
    return F.unix_millis("window.start").alias("start"), F.unix_millis("window.end").alias("end")


def _sink(environment: Environment, steps: Sequence[KafkaStep]) -> Sink:
    return Sink(steps, environment.clients, environment.topics)


def _query_id(environment: Environment) -> str:
    return str(environment.spark.sparkContext.getLocalProperty("sql.streaming.queryId"))


def _start(
    environment: Environment,
    name: str,
    rows: DataFrame,
    write: WriteBatch,
    mode: str,
    trigger: Mapping[str, Any],
) -> StreamingQuery:
    return (
        rows.writeStream.queryName(name)
        .outputMode(mode)
        .trigger(**trigger)
        .option("checkpointLocation", environment.checkpoint.folder_of(name))
        .foreachBatch(environment.stopping.before_each(write))
        .start()
    )
