"""The driver: reads what it is given, starts the queries, and waits until they are to end."""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from .checkpoint import Checkpoint
from .errors import PlanError, PulseflowError
from .events import tell_event
from .failures import words_of
from .files import Files
from .kafka_options import client_options
from .plan import Plan, read_plan
from .progress import ProgressLines
from .queries import Environment, start_queries
from .secrets import read_secrets
from .stopping import Stopping, end, failure_of
from .topics import Topics
from .worker import WorkerCommand

_LOOK_EVERY_SECONDS = 0.2
# A file is asked for less often: it may lie on a name node that has more to do.
_ASK_EVERY_SECONDS = 2
# What the application sets where whoever submits it has not.
_DEFAULTS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "5000",
    "spark.sql.adaptive.enabled": "false",
}


@dataclass(frozen=True)
class Options:
    """The command line."""

    plan: str
    worker: str
    checkpoint: str
    node: str
    secrets: str | None
    most: int
    trigger: int
    available_now: bool


def main(arguments: Sequence[str]) -> int:
    """
    Runs a plan until it is to end.

    :return: 0 after a stop, 1 after a failure, 2 if it could not be started with what it was given
    """
    options = _options(arguments)
    try:
        plan = read_plan(_text(options.plan))
        _text(options.worker)
        secrets = read_secrets(options.secrets)
        clients = {name: client_options(each, secrets) for name, each in plan.connections.items()}
    except PlanError as error:
        return _failed(error, 2)
    spark = _session(plan)
    try:
        return _run(spark, plan, options, clients)
    except PlanError as error:
        return _failed(error, 2)
    except PulseflowError as error:
        return _failed(error, 1)
    except Exception as error:
        traceback.print_exc()
        return _failed(PulseflowError(words_of("Spark", str(error))), 1)
    finally:
        spark.stop()


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(description="Runs a stretch of a Pulseflow flow on Spark.")
    parser.add_argument("--plan", required=True, help="the plan, a JSON file")
    parser.add_argument("--worker", required=True, help="worker.js of the same release")
    parser.add_argument("--checkpoint", required=True, help="a folder that all executors reach, for progress and state")
    parser.add_argument("--node", default="node", help="Node.js on the executors (default: node on their PATH)")
    parser.add_argument("--secrets", help="a JSON file of users, passwords and certificates")
    parser.add_argument("--max-offsets-per-trigger", dest="most", type=int, default=0, help="records of a micro-batch")
    parser.add_argument("--trigger", type=int, default=0, help="ms from one micro-batch to the next, at least")
    parser.add_argument("--available-now", action="store_true", help="end once all that is there now is done")
    return Options(**vars(parser.parse_args(list(arguments))))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}.") from None


def _session(plan: Plan) -> SparkSession:
    spark = SparkSession.builder.appName(f"Pulseflow {plan.name or plan.job}").getOrCreate()
    context = spark.sparkContext
    given = context.getConf()
    for name, value in _DEFAULTS.items():
        if not given.contains(name):
            spark.conf.set(name, value)
    if not given.contains("spark.sql.shuffle.partitions"):
        spark.conf.set("spark.sql.shuffle.partitions", str(max(1, context.defaultParallelism)))
    return spark


def _run(spark: SparkSession, plan: Plan, options: Options, clients: Mapping[str, Mapping[str, str]]) -> int:
    _check_connector(spark)
    _distribute(spark, options)
    stopping = Stopping()
    stopping.watch()
    progress = ProgressLines()
    spark.streams.addListener(progress)
    topics = {name: Topics(spark, plan.connections[name], client) for name, client in clients.items()}
    topics[plan.source.connection].make_missing(plan.source.topics)

    def command(origin: str, to: Sequence[str]) -> WorkerCommand:
        script, plan_file = os.path.basename(options.worker), os.path.basename(options.plan)
        return WorkerCommand(options.node, script, plan_file, origin, tuple(to))

    trigger: dict[str, Any] = {"processingTime": f"{options.trigger} milliseconds"}
    if options.available_now:
        trigger = {"availableNow": True}
    checkpoint = Checkpoint(options.checkpoint, Files(spark))
    # One that an earlier driver has not lived to see.
    checkpoint.take_stop()
    environment = Environment(
        spark=spark,
        plan=plan,
        checkpoint=checkpoint,
        clients=clients,
        topics=topics,
        command=command,
        stopping=stopping,
        most=options.most,
        trigger=trigger,
    )
    tallies = start_queries(environment)
    progress.follow(tallies)
    context = spark.sparkContext
    tell_event(
        "started", pid=os.getpid(), application=context.applicationId, web=context.uiWebUrl, queries=list(tallies)
    )
    failure = _wait(spark, stopping, checkpoint)
    _deliver_events(spark)
    if failure:
        tell_event("failed", message=failure)
        return 1
    tell_event("stopped", reason=stopping.reason or "all that was there is done")
    return 0


def _wait(spark: SparkSession, stopping: Stopping, checkpoint: Checkpoint) -> str:
    """Waits until all queries have ended; returns why one has failed, which ends the others, or nothing."""
    queries = spark.streams.active
    failure = ""
    told = False
    looked = time.monotonic()
    while True:
        if not stopping.wanted and time.monotonic() - looked > _ASK_EVERY_SECONDS:
            if _asked_by_file(checkpoint):
                stopping.ask("the file stop")
            looked = time.monotonic()
        ended = [query for query in queries if not query.isActive]
        failure = failure or next(filter(None, map(failure_of, ended)), "")
        if failure:
            stopping.ask("a failure")
        if len(ended) == len(queries):
            return failure
        if stopping.wanted:
            if not told and not failure:
                tell_event("stopping", reason=stopping.reason)
                told = True
            for query in queries:
                end(query)
        # The event is set already while queries end.
        time.sleep(_LOOK_EVERY_SECONDS) if stopping.wanted else stopping.wait(_LOOK_EVERY_SECONDS)


def _asked_by_file(checkpoint: Checkpoint) -> bool:
    try:
        return checkpoint.take_stop()
    except Py4JError:
        # The file system is away for a moment; the queries say so if it matters.
        return False


def _check_connector(spark: SparkSession) -> None:
    jvm: Any = spark._jvm
    try:
        jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass(
            "org.apache.spark.sql.kafka010.KafkaSourceProvider"
        )
    except Exception:
        raise PlanError(
            "Spark has not got its Kafka connector.",
            f"Submit with --packages org.apache.spark:spark-sql-kafka-0-10_2.13:{spark.version}, or with --jars.",
        ) from None


def _distribute(spark: SparkSession, options: Options) -> None:
    """Gives the executors the worker, the plan, and this package, unless that came as a zip already."""
    context = spark.sparkContext
    context.addFile(options.worker)
    context.addFile(options.plan)
    package = Path(__file__).parent
    if not package.is_dir():
        return
    folder = tempfile.mkdtemp(prefix="pulseflow-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    archive = os.path.join(folder, f"{package.name}.zip")
    with zipfile.ZipFile(archive, "w") as file:
        for module in sorted(package.glob("*.py")):
            file.write(module, f"{package.name}/{module.name}")
    context.addPyFile(archive)


def _deliver_events(spark: SparkSession) -> None:
    """Waits until the listener has been told of the last micro-batch."""
    spark._jsc.sc().listenerBus().waitUntilEmpty()


def _failed(error: PulseflowError, code: int) -> int:
    tell_event("failed", message=str(error))
    print(str(error), file=sys.stderr)
    return code
