"""What is timed, against what; every figure is a ratio within one run."""
