"""Typed reading of JSON, with the place in the document in every error."""

from __future__ import annotations

import builtins
import json
from collections.abc import Collection, Mapping
from typing import Any

from .errors import PlanError


def parsed(text: str, what: str) -> Fields:
    """
    Reads a JSON object.

    :param what: what the text is, at the beginning of a sentence
    :raises PlanError: if it is none
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise PlanError(f"{what} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise PlanError(f"{what} is not a JSON object, but {type(value).__name__}.")
    return Fields(value, "")


class Fields:
    """An object of a JSON document; a field that is missing or not as it must be is a PlanError."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        self._values = values
        self._path = path

    def error(self, name: str, must: str) -> PlanError:
        """The error of a field: `source.from must be ...`."""
        return PlanError(f"{self._at(name)} of the plan {must}.")

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def is_list(self, name: str) -> bool:
        return isinstance(self._values.get(name), list)

    def is_text(self, name: str) -> bool:
        return isinstance(self._values.get(name), str)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if isinstance(value, str):
            return value
        raise self._wrong(name, "text", value)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        for value in values:
            if not isinstance(value, str):
                raise self._wrong(name, "a list of text", value)
        return tuple(values)

    def number(self, name: str, least: int | None = None) -> int:
        """A whole number."""
        value = self._values.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, "a whole number", value)
        if least is not None and value < least:
            raise self.error(name, f"must be at least {least}, not {value}")
        return value

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if isinstance(value, bool):
            return value
        raise self._wrong(name, "true or false", value)

    def choice(self, name: str, choices: Collection[str]) -> str:
        value = self.text(name)
        if value in choices:
            return value
        raise self.error(name, f"must be one of {', '.join(sorted(choices))}, not {value}")

    def inner(self, name: str) -> Fields:
        value = self._values.get(name)
        if isinstance(value, dict):
            return Fields(value, self._at(name))
        raise self._wrong(name, "an object", value)

    def list(self, name: str) -> builtins.list[Fields]:
        """A list of objects."""
        made = []
        for at, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise self._wrong(f"{name}[{at}]", "an object", value)
            made.append(Fields(value, self._at(f"{name}[{at}]")))
        return made

    def named(self, name: str) -> dict[str, Fields]:
        """Objects by their names."""
        inner = self.inner(name)
        return {key: inner.inner(key) for key in inner._values}

    def _list(self, name: str) -> builtins.list[Any]:
        value = self._values.get(name)
        if isinstance(value, list):
            return value
        raise self._wrong(name, "a list", value)

    def _wrong(self, name: str, must: str, value: object) -> PlanError:
        if value is None:
            return PlanError(f"{self._at(name)} is missing from the plan; it must be {must}.")
        return self.error(name, f"must be {must}, not {json.dumps(value)[:80]}")

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
