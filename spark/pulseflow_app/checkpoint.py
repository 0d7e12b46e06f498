"""What lies in a job's checkpoint, beside what Spark keeps there for itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import PlanError
from .files import Files
from .plan import Plan
from .stamps import Offsets


class Checkpoint:
    """The folder of a job, with a folder for each of its streaming queries."""

    def __init__(self, folder: str, files: Files) -> None:
        self._folder = folder.rstrip("/")
        self._files = files

    def folder_of(self, query: str) -> str:
        """The folder that Spark keeps the progress and state of a query in."""
        return f"{self._folder}/{query}"

    def take_stop(self) -> bool:
        """Whether somebody has put a file `stop` there, which is removed: what ends a driver that no signal reaches."""
        return self._files.remove(f"{self._folder}/stop")

    def claim(self, query: str, plan: Plan, counting: Mapping[str, Any]) -> None:
        """
        Notes what a query counts, so that its state is never taken for another's.

        :raises PlanError: if the state there is of something else
        """
        own = {"job": plan.job, "source": sorted(plan.source.topics) or plan.source.pattern, **counting}
        path = f"{self._folder}/{query}.json"
        text = self._files.read(path)
        if text is None:
            self._files.write(path, json.dumps(own))
            return
        known = json.loads(text)
        other = [name for name in own if known.get(name) != own[name]]
        if other:
            was = ", ".join(
                f"{name} was {json.dumps(known.get(name))}, and is {json.dumps(own[name])}" for name in other
            )
            raise PlanError(
                f"The checkpoint {self.folder_of(query)} is of another job or setting: {was}.",
                "Choose another checkpoint folder, or set it as it was.",
            )

    def offsets_before(self, query: str, batch: int) -> Offsets:
        """Where a micro-batch begins; nothing for the first one."""
        if batch == 0:
            return {}
        text = self._files.read(f"{self.folder_of(query)}/offsets/{batch - 1}")
        if text is None:
            return {}
        # The version, what holds for the batch, and a line for each source, of which a query has one
        # (org.apache.spark.sql.execution.streaming.checkpointing.OffsetSeqLog).
        offsets: Offsets = json.loads(text.strip().splitlines()[-1])
        return offsets
