"""Errors that tell a person what happened and what to do."""

from __future__ import annotations


class PulseflowError(Exception):
    """What went wrong, in a sentence, and, where something can be done about it, what."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".rstrip())


class PlanError(PulseflowError):
    """A plan, or an argument beside it, that cannot be used."""


class WorkerError(PulseflowError):
    """The JavaScript worker could not be started, ended by itself, or did not understand a batch."""
