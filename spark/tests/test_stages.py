import unittest

import pyarrow as pa

from pulseflow_app import stages
from pulseflow_app.columns import OutputRows
from pulseflow_app.stages import Destinations


class Stages(unittest.TestCase):
    def test_divide_what_is_too_large_for_a_line(self) -> None:
        texts = ["a" * 9_000_000] * 5 + ["b"]
        batch = pa.RecordBatch.from_pydict({"value": texts})
        parts = list(stages._in_parts(iter([batch.slice(0, 0), batch])))
        self.assertEqual([text for part in parts for text in part.column("value").to_pylist()], texts)
        self.assertTrue(len(parts) > 1 and all(part.nbytes <= 32_000_000 for part in parts))

    def test_know_what_a_topic_takes_in_bytes(self) -> None:
        topics = Destinations({"out": "a"}, {"a": 3}, {"a": 10})
        self.assertTrue(topics.fits("a", "key", "1234567"))
        self.assertFalse(topics.fits("a", "key", "12345678"))
        self.assertFalse(topics.fits("a", None, "ééééé1"))
        self.assertTrue(topics.fits("another", None, "x" * 100))

    def test_leave_the_partition_of_a_key_to_kafka(self) -> None:
        topics = Destinations({"out": "a"}, {"a": 3}, {})
        self.assertIsNone(topics.partition("a", "key", "stamp"))
        self.assertIsNone(topics.partition("another", None, "stamp"))
        self.assertIn(topics.partition("a", None, "stamp"), (0, 1, 2))

    def test_write_headers_beside_the_stamp(self) -> None:
        rows = OutputRows()
        columns = {"key": ["k", None], "value": ["v", None], "headers": [{"trace": "1"}, None]}
        rows.add("out", columns, ["a", "a"], [None, 2], ["s1", "s2"])
        first, second = rows.batch().to_pylist()
        self.assertEqual(
            first["headers"], [{"key": "trace", "value": b"1"}, {"key": "pulseflow-stamp", "value": b"s1"}]
        )
        self.assertEqual((second["partition"], second["value"], len(second["headers"])), (2, None, 1))


if __name__ == "__main__":
    unittest.main()
