import json
import unittest
from typing import Any, Optional

import pandas as pd

from pulseflow_app.updates import update


class FakeState:
    """What Spark gives for a window."""

    def __init__(self, watermark: int = 0, kept: Optional[tuple[Any, ...]] = None, timed_out: bool = False) -> None:
        self.get = kept
        self.hasTimedOut = timed_out
        self.timeout: Optional[int] = None
        self._watermark = watermark

    @property
    def exists(self) -> bool:
        return self.get is not None

    def getCurrentWatermarkMs(self) -> int:
        return self._watermark

    def update(self, kept: tuple[Any, ...]) -> None:
        self.get = kept

    def remove(self) -> None:
        self.get = None

    def setTimeoutTimestamp(self, time: int) -> None:
        if time <= self._watermark:
            raise ValueError("Spark does not take a time that has passed.")
        self.timeout = time


def counted(*keys: Optional[str], value: Optional[float] = None, distinct: Optional[int] = None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                **{"start": 0, "end": 100, "key": key, "count": 1},
                **{"sum": value, "least": value, "greatest": value, "distinct": distinct},
            }
            for key in keys
        ]
    )


def sent(state: FakeState, *batches: pd.DataFrame) -> list[dict[str, Any]]:
    rows = [row for made in update((), iter(batches), state) for row in made.to_dict("records")]  # type: ignore[arg-type]
    return [{**row, "groups": sorted(json.loads(row["groups"]))} for row in rows]


class Updates(unittest.TestCase):
    def test_name_all_keys_also_those_that_did_not_change(self) -> None:
        state = FakeState()
        sent(state, counted("a", "b"))
        (window,) = sent(state, counted("b", "c"), counted("c"))
        self.assertEqual([group[:2] for group in window["groups"]], [["a", 1], ["b", 2], ["c", 2]])
        self.assertEqual((window["start"], window["end"], window["final"]), (0, 100, False))
        self.assertEqual(state.timeout, 99)

    def test_add_up_values_and_different_ones(self) -> None:
        state = FakeState()
        sent(state, counted("a", value=1.5, distinct=7))
        (window,) = sent(state, counted("a", value=-2, distinct=8), counted("a", value=1, distinct=7))
        self.assertEqual(window["groups"], [["a", 3, 0.5, -2.0, 1.5, [7, 8]]])

    def test_send_the_window_once_more_when_it_ends(self) -> None:
        state = FakeState()
        sent(state, counted("a"))
        ended = FakeState(watermark=100, kept=state.get, timed_out=True)
        (window,) = sent(ended)
        self.assertEqual((window["final"], window["groups"][0][:2]), (True, ["a", 1]))
        self.assertFalse(ended.exists)

    def test_send_at_once_what_has_ended_by_the_batch_that_filled_it(self) -> None:
        state = FakeState(watermark=100)
        self.assertEqual([window["final"] for window in sent(state, counted("a"))], [True])
        self.assertFalse(state.exists)

    def test_wait_for_a_watermark_just_below_the_end(self) -> None:
        state = FakeState(watermark=99)
        self.assertEqual([window["final"] for window in sent(state, counted("a"))], [False])
        self.assertEqual(state.timeout, 100)

    def test_say_nothing_of_records_without_a_key(self) -> None:
        state = FakeState()
        self.assertEqual(sent(state, counted(None)), [])
        self.assertFalse(state.exists)


if __name__ == "__main__":
    unittest.main()
