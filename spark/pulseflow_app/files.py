"""Small files beside the checkpoint, on whatever file system it lies."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession


class Files:
    """Hadoop's file systems, as Spark itself reaches them."""

    def __init__(self, spark: SparkSession) -> None:
        self._jvm: Any = spark._jvm
        self._configuration = spark._jsc.hadoopConfiguration()

    def read(self, path: str) -> str | None:
        """The text of a file; None if there is none."""
        system, place = self._at(path)
        if not system.exists(place):
            return None
        stream = system.open(place)
        try:
            text: str = self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
            return text
        finally:
            stream.close()

    def write(self, path: str, text: str) -> None:
        """Writes a file, in place of one of that name."""
        system, place = self._at(path)
        stream = system.create(place, True)
        try:
            stream.write(bytearray(text, "utf-8"))
        finally:
            stream.close()

    def remove(self, path: str) -> bool:
        """Removes a file; returns whether there was one."""
        system, place = self._at(path)
        return bool(system.delete(place, False))

    def _at(self, path: str) -> Any:
        place = self._jvm.org.apache.hadoop.fs.Path(path)
        return place.getFileSystem(self._configuration), place
