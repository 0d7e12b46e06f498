import sys
import unittest

from pulseflow_app.errors import WorkerError
from pulseflow_app.worker import Worker

ECHO = "import sys\nfor line in sys.stdin: sys.stdout.write(line); sys.stdout.flush()"


def worker(script: str) -> Worker:
    return Worker([sys.executable, "-c", script])


class TheWorker(unittest.TestCase):
    def test_answers_batches_in_order_also_large_ones(self) -> None:
        echo = worker(ECHO)
        for batch in ({"value": ["a\nb", None, "\ud83d"]}, {"value": ["x" * 3_000_000]}):
            self.assertEqual(echo.ask(batch), batch)
        echo.close()
        self.assertFalse(echo.alive)
        echo.close()

    def test_says_how_it_ended_and_what_it_said_last(self) -> None:
        failing = worker("import sys\nsys.stdin.readline()\nsys.stderr.write('out of memory')\nsys.exit(3)")
        with self.assertRaisesRegex(
            WorkerError, "ended with exit code 3 in the middle of a batch. It said last:\nout of"
        ):
            failing.ask({"value": []})
        failing.close()
        killed = worker("import os, sys\nsys.stdin.readline()\nos.kill(os.getpid(), 9)")
        with self.assertRaisesRegex(WorkerError, "the signal 9"):
            killed.ask({"value": []})
        killed.close()

    def test_says_what_it_did_not_understand(self) -> None:
        refusing = worker('for line in iter(input, ""): print(\'{"error": {"message": "no list"}}\', flush=True)')
        with self.assertRaisesRegex(WorkerError, "did not understand a batch: no list"):
            refusing.ask({})
        refusing.close()

    def test_says_that_node_is_missing(self) -> None:
        with self.assertRaisesRegex(WorkerError, "Node.js could not be started on .* as /missing/node: No such file"):
            Worker(["/missing/node"])


if __name__ == "__main__":
    unittest.main()
