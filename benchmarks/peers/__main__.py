"""Every peer beside our models, in one table (``make bench-peers``)."""

from __future__ import annotations

import sys

from benchmarks.peers import headline, recurring
from benchmarks.peers.table import print_figures


def main() -> None:
    """Measure the marts at the sizes that were asked for, and recurring revenue at its own."""
    sizes = [int(size) for size in sys.argv[1:]] or headline.SIZES
    print_figures([*recurring.measure(recurring.CONTRACTS), *headline.main(sizes)])


if __name__ == "__main__":
    main()
