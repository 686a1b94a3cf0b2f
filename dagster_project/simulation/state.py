"""What a simulation's folder says of itself (``simulation.json``)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from dagster_project.errors import ConfigurationError

STATE_NAME = "simulation.json"


class Night(BaseModel):
    """One night that was played: its day, and the working days it brought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: dt.date
    first_workday: int
    end_workday: int


class Simulation(BaseModel):
    """How the company was made, and how far it has been played."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: int
    seed: int
    dirt: float
    as_of_date: dt.date
    nights: tuple[Night, ...] = ()

    @property
    def night_days(self) -> list[dt.date]:
        """The day of each working day after the history."""
        return [
            night.day
            for night in self.nights
            for _ in range(night.first_workday, night.end_workday)
        ]

    @classmethod
    def read(cls, folder: Path) -> Simulation:
        """Read what a folder holds.

        Raises:
            ConfigurationError: if the folder holds no simulation.
        """
        path = folder / STATE_NAME
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigurationError(
                f"{path}: no such file. Make the company first: make simulate LINES=100000."
            ) from None
        except ValidationError as error:
            problem = error.errors()[0]
            raise ConfigurationError(
                f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}. "
                "Make the company anew: make simulate LINES=100000."
            ) from None

    def write(self, folder: Path) -> None:
        """Write it beside the extracts it speaks of."""
        text = self.model_dump_json(indent=2) + "\n"
        (folder / STATE_NAME).write_text(text, encoding="utf-8")
