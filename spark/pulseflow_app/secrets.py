"""User names, passwords and uploaded certificates, which never stand in a plan."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from .errors import PlanError

ENVIRONMENT = "PULSEFLOW_SECRETS"

Secrets = Mapping[str, Mapping[str, str]]


def read_secrets(path: str | None, environment: Mapping[str, str] = os.environ) -> Secrets:
    """
    Reads secrets by the id of the kafka-cluster (`user`, `password`) or tls-config (`ca`, `cert`, `key`, `passphrase`),
    from a file of JSON or else from the environment.

    :raises PlanError: without quoting any of it, if it cannot be read
    """
    where = f"The file {path}" if path else f"The environment variable {ENVIRONMENT}"
    text = _text(path) if path else environment.get(ENVIRONMENT, "{}")
    try:
        secrets: dict[str, dict[str, str]] = json.loads(text)
    except ValueError:
        raise PlanError(f"{where} is not JSON.") from None
    if not isinstance(secrets, dict) or not all(isinstance(each, dict) for each in secrets.values()):
        raise PlanError(f"{where} is not an object of objects.")
    return secrets


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise PlanError(f"The file of secrets cannot be read: {error}.") from None
