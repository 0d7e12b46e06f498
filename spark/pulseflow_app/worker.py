"""The JavaScript worker: one process beside each Python worker of an executor, which outlives single tasks."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from .errors import WorkerError

_MOST_OF_STDERR = 4_000


@dataclass(frozen=True)
class WorkerCommand:
    """What starts a worker: paths of files that `SparkContext.addFile` distributes, by name, and the stage it runs."""

    node: str
    script: str
    plan: str
    origin: str
    to: tuple[str, ...]

    def arguments(self) -> list[str]:
        """The command line, on the machine where this runs."""
        from pyspark import SparkFiles

        script, plan = SparkFiles.get(self.script), SparkFiles.get(self.plan)
        return [self.node, script, "--plan", plan, "--from", self.origin, "--to", ",".join(self.to)]


class Worker:
    """A worker process that answers a line of JSON with a line of JSON."""

    def __init__(self, arguments: list[str]) -> None:
        """:raises WorkerError: if it cannot be started"""
        self._stderr: IO[bytes] = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, bufsize=1 << 16
            )
        except OSError as error:
            self._stderr.close()
            raise WorkerError(
                f"Node.js could not be started on {socket.gethostname()} as {arguments[0]}: {error.strerror}.",
                "Install Node.js 22.15 or later there, or name its path with --node.",
            ) from None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """
        Gives a batch and waits for what the worker made of it.

        :raises WorkerError: with what the worker said last, if it ended or did not understand the batch
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
            stdin.write(b"\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        error = answer.get("error")
        if error is not None:
            raise WorkerError(f"The worker did not understand a batch: {error.get('message')}")
        return answer

    def close(self) -> None:
        """Ends the process. Call it again and nothing happens."""
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.close()

    def _ended(self) -> WorkerError:
        try:
            code: int | None = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = None
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - _MOST_OF_STDERR))
        said = self._stderr.read().decode("utf-8", "replace").strip()
        how = "closed its output" if code is None else f"ended with {_ending(code)}"
        words = f" It said last:\n{said}" if said else " It said nothing."
        return WorkerError(f"The worker on {socket.gethostname()} {how} in the middle of a batch.{words}")


def _ending(code: int) -> str:
    return f"the signal {-code}" if code < 0 else f"exit code {code}"


_idle: dict[WorkerCommand, Worker] = {}


class BorrowedWorker:
    """
    A worker for one task, started with its first batch. Node takes a tenth of a second to start, more than many a
    batch: a task leaves its worker to the next one in the same Python process, and ends it only after an error.
    """

    def __init__(self, command: WorkerCommand) -> None:
        self._command = command
        self._worker: Worker | None = None

    def ask(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """See `Worker.ask`."""
        if self._worker is None:
            idle = _idle.pop(self._command, None)
            if idle is not None and not idle.alive:
                idle.close()
                idle = None
            self._worker = idle or Worker(self._command.arguments())
        return self._worker.ask(batch)

    def __enter__(self) -> BorrowedWorker:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if kind is not None or self._command in _idle:
            worker.close()
        else:
            _idle[self._command] = worker


@atexit.register
def _close_idle() -> None:
    for worker in _idle.values():
        worker.close()
    _idle.clear()
