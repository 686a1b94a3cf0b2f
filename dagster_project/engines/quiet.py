"""A warning of pyspark's that concerns nobody here."""

from __future__ import annotations

import warnings


def silence_pandas_warning() -> None:
    """Keep pyspark from saying that pandas is newer than its own data frames.

    None is made here. It says so on being imported, which Great Expectations does
    wherever pyspark is installed, whatever the engine.
    """
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
