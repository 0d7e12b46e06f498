import json
import unittest
from typing import Any, Callable

from pulseflow_app.errors import PlanError
from pulseflow_app.plan import Grid, Sessions, read_plan

from .plans import plan


class ReadingAPlan(unittest.TestCase):
    def test_knows_what_is_reached_from_where(self) -> None:
        read = read_plan(json.dumps(plan()))
        self.assertEqual([step.topic for step in read.topics_of("in")], ["posts"])
        self.assertEqual([step.id for step in read.windows_of("in")], ["count"])
        self.assertEqual([step.topic for step in read.topics_of("count")], ["results"])
        self.assertEqual(read.windows["count"].shape, Grid(60000, 15000))
        self.assertEqual(read.topics_of("nowhere"), ())

    def test_takes_patterns_times_and_sessions(self) -> None:
        given = plan()
        given["source"].update({"topics": {"pattern": "tweets\\..*"}, "from": {"time": 1700000000000}})
        given["steps"][1]["settings"]["shape"] = {"kind": "session", "gap": 5000}
        read = read_plan(json.dumps(given))
        self.assertEqual((read.source.pattern, read.source.topics), ("tweets\\..*", ()))
        self.assertEqual(read.source.start, 1700000000000)
        self.assertEqual(read.windows["count"].shape, Sessions(5000))

    def test_refuses_what_it_cannot_run_and_names_the_place(self) -> None:
        def setting(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
            return lambda given: given["steps"][1]["settings"].update({name: value})

        cases = [
            (lambda given: given.update(version=2), "version 2, and this application runs version 1"),
            (lambda given: given.pop("source"), "source is missing from the plan; it must be an object"),
            (lambda given: given["source"].update(topics=[]), "source.topics of the plan must name a topic"),
            (lambda given: given["source"].update({"from": "newest"}), "source.from of the plan must be one of"),
            (lambda given: given["source"].update(connection="d"), "The source uses the connection d"),
            (lambda given: given["steps"][0].update(kind="magic"), "steps[0].kind of the plan must be one of"),
            (setting("delay", "10s"), 'steps[1].settings.delay of the plan must be a whole number, not "10s"'),
            (setting("delay", -1), "must be at least 0, not -1"),
            (
                setting("shape", {"kind": "grid", "size": 1000, "slide": 2000}),
                "must be at most the size 1000, not 2000",
            ),
            (setting("shape", {"kind": "grid", "size": 1, "slide": 1, "timeZone": "Asia/Shanghai"}), "aligned to UTC"),
            (lambda given: given["stages"][1].update(to=["count"]), "count the results of the windows count"),
            (lambda given: given["stages"][0].update(to=["tags"]), "neither windows nor a topic"),
            (lambda given: given.update(stages=[]), "The plan writes to no topic"),
        ]
        for change, words in cases:
            with self.subTest(words):
                given = plan()
                change(given)
                with self.assertRaises(PlanError) as caught:
                    read_plan(json.dumps(given))
                self.assertIn(words, str(caught.exception))

    def test_refuses_updates_of_sessions(self) -> None:
        given = plan()
        given["steps"][1]["settings"].update({"shape": {"kind": "session", "gap": 1}, "emit": "update"})
        with self.assertRaisesRegex(PlanError, "sessions have no updates on Spark"):
            read_plan(json.dumps(given))

    def test_says_what_is_no_json(self) -> None:
        with self.assertRaisesRegex(PlanError, "The plan is not JSON"):
            read_plan("{")
        with self.assertRaisesRegex(PlanError, "not a JSON object, but list"):
            read_plan("[]")


if __name__ == "__main__":
    unittest.main()
