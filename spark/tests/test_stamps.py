import re
import unittest

from pulseflow_app.stamps import RecordStamps, ResultStamps, numbered, partition_of

# As lib/log/kafka/stamps.ts reads them.
READ = re.compile(r"^(\d+)\.(\w+\.\d+) (\d+) (.+)$")


class Stamps(unittest.TestCase):
    def test_of_records_tell_offset_and_where_the_batch_begins(self) -> None:
        stamps = RecordStamps("query", {"tweets": {"1": 40}})
        self.assertEqual(stamps.stamp("tweets", 1, 42, "abc.0", "out"), "42.abc.0 40 spark.query.tweets-1>out")
        self.assertEqual(stamps.stamp("tweets", 0, 7, "abc.0", "out"), "7.abc.0 0 spark.query.tweets-0>out")
        self.assertIsNotNone(READ.match(stamps.stamp("tweets", 1, 42, "abc.0", "out")))

    def test_of_results_tell_batch_and_window(self) -> None:
        stamp = ResultStamps("query", 5).stamp(-60000, 0, 2, "out")
        self.assertEqual(stamp, "5.wn60000_0.2 5 spark.query>out")
        self.assertIsNotNone(READ.match(stamp))

    def test_give_records_without_key_the_same_partition_again(self) -> None:
        partitions = {partition_of(f"{offset}.abc.0 0 source", 3) for offset in range(100)}
        self.assertEqual(partitions, {0, 1, 2})
        self.assertEqual(partition_of("1.abc.0 0 source", 3), partition_of("1.abc.0 0 source", 3))

    def test_number_what_is_made_of_the_same(self) -> None:
        self.assertEqual(numbered([4, 4, 7, 4]), [0, 1, 0, 2])


if __name__ == "__main__":
    unittest.main()
