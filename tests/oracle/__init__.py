"""A second computation of every published figure, in plain Python.

The package follows ``docs/definitions.md`` and reads the raw sample extracts itself. It shares no
code with the pipeline, so that agreement between the two is evidence for both.
"""
