"""Errors that are meant for people, as Dagster shows them: a message, no retries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from dagster_project.errors import PipelineError


@contextmanager
def readable_failures() -> Iterator[None]:
    """Turn a :class:`PipelineError` into a Dagster failure with its message.

    Trying again would meet the same file or setting, so the failure is final.
    """
    try:
        yield
    except PipelineError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
