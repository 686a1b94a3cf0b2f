"""What pyspark makes of being imported, which concerns nobody here.

Great Expectations imports it wherever it is installed, whatever the engine.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pyspark_importable() -> Iterator[None]:
    """Import what imports pyspark within this.

    Pyspark takes a process whose main module has no file, ``python -c`` for one, for
    a run of its own examples, and ends it. And it warns that pandas is newer than its
    own data frames, of which none is made here.
    """
    main = sys.modules["__main__"]
    has_no_file = getattr(main, "__spec__", None) is None and not hasattr(main, "__file__")
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    if has_no_file:
        main.__file__ = __file__
    try:
        yield
    finally:
        if has_no_file:
            del main.__file__
