import unittest

from pulseflow_app.failures import words_of

TRACEBACK = """[STREAM_FAILED] Query [id = 1, runId = 2] terminated with exception: An exception was raised.
Traceback (most recent call last):
  File "worker.py", line 40, in __init__
    raise WorkerError(
pulseflow_app.errors.WorkerError: The worker on one ended with exit code 3 in the middle of a batch. It said last:
out of memory
line two

	at org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:581)
Caused by: pulseflow_app.errors.WorkerError: The same again. SQLSTATE: 08P01
=== Streaming Query ==="""


class Failures(unittest.TestCase):
    def test_of_ours_are_told_by_their_own_words(self) -> None:
        self.assertEqual(
            words_of("records", TRACEBACK),
            "records: The worker on one ended with exit code 3 in the middle of a batch. It said last:\n"
            "out of memory\nline two",
        )

    def test_of_sparks_are_told_without_its_plans(self) -> None:
        error = (
            "[STREAM_FAILED] Query [id = 1, runId = 2] terminated with exception: Not authorized to access topics: [a] "
            "SQLSTATE: XXKST\n=== Streaming Query ===\nplan"
        )
        self.assertEqual(words_of("records", error), "records: Not authorized to access topics: [a]")

    def test_are_short(self) -> None:
        self.assertLess(len(words_of("records", "x" * 10_000)), 1_000)


if __name__ == "__main__":
    unittest.main()
