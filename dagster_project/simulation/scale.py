"""How large the made-up company is, from the number of invoice lines asked for."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.errors import ConfigurationError

#: Working days from Monday 2021-01-04 to Wednesday 2025-12-31, both included.
HISTORY_WORKDAYS = 1303
#: Eight documents in a row have 32 lines.
LINES_A_DOCUMENT = 4
#: Share of a client's working days, over all clients and the whole history, on which
#: it buys at all: it has joined, has not stopped or has come back. The integral of
#: sql/laws/4_clients.sql; a test holds it to them.
ACTIVE_SHARE = 0.639

#: Calls, meetings, visits and proposals of a rep on a working day, and no more of the
#: whole company than this.
ACTIVITIES_A_REP_DAY = 2
MOST_ACTIVITIES = 5_000_000

LEAST_LINES, MOST_LINES = 5_000, 100_000_000

#: Kinds of buyers: their share of the clients, and how often they buy, compared
#: with a regular one.
_FREQUENT_SHARE, _FREQUENT_RATE = 0.15, 3.0
_REGULAR_SHARE, _REGULAR_RATE = 0.50, 1.0
_RARE_RATE = 0.25
_MEAN_RATE = (
    _FREQUENT_SHARE * _FREQUENT_RATE
    + _REGULAR_SHARE * _REGULAR_RATE
    + (1 - _FREQUENT_SHARE - _REGULAR_SHARE) * _RARE_RATE
)


@dataclass(frozen=True)
class Scale:
    """Sizes of the company. A rhythm is in working days from purchase to purchase."""

    client_count: int
    frequent_clients: int
    regular_clients: int
    frequent_rhythm: int
    regular_rhythm: int
    rare_rhythm: int
    product_count: int
    rep_count: int
    activity_count: int

    #: Reps under one line manager.
    reps_a_team: int = 6

    @classmethod
    def of(cls, lines: int) -> Scale:
        """The scale at which about ``lines`` invoice lines are written in five years.

        Clients grow with lines to the power of 0.65, products to that of 0.42, so a
        larger company has more clients that also buy more often. Rhythms are whole
        days; the number of clients makes up for what is lost by rounding them.

        Raises:
            ConfigurationError: for a number of lines out of bounds.
        """
        if not LEAST_LINES <= lines <= MOST_LINES:
            raise ConfigurationError(
                f"LINES={lines:,}: a company of so many lines cannot be simulated. "
                f"Ask for {LEAST_LINES:,} to {MOST_LINES:,}."
            )
        documents = lines / LINES_A_DOCUMENT
        bought = HISTORY_WORKDAYS * ACTIVE_SHARE
        usual_rhythm = bought * _MEAN_RATE * lines**0.65 / documents
        frequent, regular, rare = (
            max(1, round(usual_rhythm / rate))
            for rate in (_FREQUENT_RATE, _REGULAR_RATE, _RARE_RATE)
        )
        purchases_a_day = (
            _FREQUENT_SHARE / frequent
            + _REGULAR_SHARE / regular
            + (1 - _FREQUENT_SHARE - _REGULAR_SHARE) / rare
        )
        clients = round(documents / bought / purchases_a_day)
        reps = max(8, round(clients / 300))
        return cls(
            client_count=clients,
            frequent_clients=round(clients * _FREQUENT_SHARE),
            regular_clients=round(clients * _REGULAR_SHARE),
            frequent_rhythm=frequent,
            regular_rhythm=regular,
            rare_rhythm=rare,
            product_count=max(40, round(lines**0.42)),
            rep_count=reps,
            activity_count=min(reps * HISTORY_WORKDAYS * ACTIVITIES_A_REP_DAY, MOST_ACTIVITIES),
        )

    @property
    def frequent_groups(self) -> int:
        """Groups of frequent buyers: as many clients in each as their rhythm has days."""
        return -(-self.frequent_clients // self.frequent_rhythm)

    @property
    def regular_groups(self) -> int:
        return -(-self.regular_clients // self.regular_rhythm)

    @property
    def group_count(self) -> int:
        """All groups: the most documents of a working day.

        Odd, so that a group's documents get each number of lines in turn; a group too
        many is empty.
        """
        rare_clients = self.client_count - self.frequent_clients - self.regular_clients
        groups = self.frequent_groups + self.regular_groups + -(-rare_clients // self.rare_rhythm)
        return groups + (groups % 2 == 0)
