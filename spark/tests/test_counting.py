import unittest
from typing import Any, Optional

from pulseflow_app.counting import counted
from pulseflow_app.plan import Grid, Sessions, WindowsStep


def step(shape: Any) -> WindowsStep:
    return WindowsStep("count", shape, 0, False, 0, True, True, 0)


def rows(columns: dict[str, list[Any]], shape: Any) -> list[Any]:
    def order(row: dict[str, Any]) -> Any:
        key: Optional[str] = row["key"]
        return (row["time"], key or "", row["distinct"] or 0)

    made = sorted(counted(columns, step(shape)).to_pylist(), key=order)
    return [
        (int(row["time"].timestamp() * 1000), row["key"], row["count"], row["sum"], row["least"], row["greatest"])
        for row in made
    ]


class Counting(unittest.TestCase):
    def test_adds_up_what_lies_in_the_same_pane(self) -> None:
        columns = {
            "time": [0, 9, 10, 19, 5],
            "key": ["a", "a", "a", "a", "b"],
            "value": [1, 2.5, 4, -1, 0],
            "distinct": [1, 1, 1, 1, None],
        }
        self.assertEqual(
            rows(columns, Grid(30, 20)),
            [(5, "b", 1, 0.0, 0.0, 0.0), (9, "a", 2, 3.5, 1.0, 2.5), (19, "a", 2, 3.0, -1.0, 4.0)],
        )

    def test_keeps_different_values_apart(self) -> None:
        columns = {"time": [1, 1, 1], "key": ["a", "a", "a"], "value": [1, 1, 1], "distinct": [7, 8, 7]}
        self.assertEqual([row[2] for row in rows(columns, Grid(10, 10))], [2, 1])

    def test_keeps_the_latest_time_also_of_records_without_a_key(self) -> None:
        self.assertEqual(
            rows({"time": [3, 9, 4], "key": ["a", None, "a"]}, Grid(10, 10)),
            [(4, "a", 2, None, None, None), (9, None, 1, None, None, None)],
        )

    def test_knows_panes_before_1970(self) -> None:
        self.assertEqual(
            [row[:3] for row in rows({"time": [-1, 1], "key": ["a", "a"]}, Grid(10, 10))],
            [
                (-1, "a", 1),
                (1, "a", 1),
            ],
        )

    def test_adds_up_only_equal_times_of_sessions(self) -> None:
        columns = {"time": [1, 1, 2], "key": ["a", "a", "a"]}
        self.assertEqual([row[:3] for row in rows(columns, Sessions(10))], [(1, "a", 2), (2, "a", 1)])

    def test_takes_halves_of_surrogate_pairs(self) -> None:
        self.assertEqual(rows({"time": [1], "key": ["x\ud83d"]}, Grid(10, 10))[0][1], "x\ufffd")


if __name__ == "__main__":
    unittest.main()
