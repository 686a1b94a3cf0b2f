"""From a built warehouse to published marts: receipt, candidate, swap; all or nothing."""
