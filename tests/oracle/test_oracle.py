"""The oracle against the totals its sources state, and against cases worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from . import business, churn, dates, extracts, plan, potential, revenue, tiers, value, yoy
from .model import UNASSIGNED, Book, Client, Document, Line, Target, ratio, round_money

D = Decimal
CALENDAR = dates.Calendar(1, {"summer": (4, 5, 6, 7, 8, 9), "winter": (10, 11, 12, 1, 2, 3)})


def invoice(
    client: str, day: date, amount: str, rep: str = "r1", lines: tuple[Line, ...] = ()
) -> Document:
    return Document(f"{client} {day}", client, day, rep, D(amount), lines)


def sold(product: str, quantity: int, net: str, cost: str | None = None) -> Line:
    return Line(1, product, "goods", quantity, D(net), D(cost) if cost else None)


def book_of(*documents: Document, as_of: date, **more: object) -> Book:
    clients = {d.client_id: Client(d.client_id, "s", "t", "c") for d in documents}
    facts: dict[str, object] = {"clients": clients} | more
    return Book(as_of=as_of, calendar=CALENDAR, documents=documents, **facts)  # type: ignore[arg-type]


def values(*expected: object) -> object:
    """A row to compare with, whose plain numbers may stand for money."""
    return expected


@pytest.fixture(scope="module")
def sample() -> Book:
    return extracts.sample_book()


class TestSample:
    """What the publisher's own figures say must come out of the extracts."""

    def test_revenue_total(self, sample: Book) -> None:
        assert sum(d.amount for d in sample.documents) == D("109846381.4039")
        assert sum(row.amount for row in revenue.revenue_rows(sample)) == D("109846381.4039")
        assert len(sample.documents) == 31_465

    def test_revenue_of_sales_people(self) -> None:
        headers = [h for h in extracts.order_headers() if h["SalesPersonID"]]
        assert len(headers) == 3_806
        assert sum(D(h["SubTotal"]) for h in headers) == D("80487704.1832")

    @pytest.mark.parametrize("column", ["SalesPersonID", "TerritoryID"])
    def test_sales_of_the_year_to_date(self, column: str) -> None:
        people = column == "SalesPersonID"
        stated = extracts.sales_people() if people else extracts.sales_territories()
        computed = dict.fromkeys(stated, D(0))
        for header in extracts.order_headers():
            if "2013-05-30" <= header["OrderDate"][:10] <= "2014-05-30" and header[column]:
                computed[header[column]] += D(header["SubTotal"])
        assert len(stated) == (17 if people else 10)
        assert computed == stated

    def test_accounts(self, sample: Book) -> None:
        stores = [c for c in sample.clients.values() if c.channel == "reseller"]
        assert len(stores) == 701
        assert len(sample.clients) - len(stores) == 18_484
        assert all(c.wallet and c.owner and c.segment != "unknown" for c in stores)

    def test_client_territory_is_the_orders_territory(self, sample: Book) -> None:
        header_of = {h["SalesOrderNumber"]: h for h in extracts.order_headers()}
        assert all(
            sample.clients[d.client_id].territory == header_of[d.document_id]["TerritoryID"]
            for d in sample.documents
        )

    def test_product_versions_match_the_lines_standard_cost(self, sample: Book) -> None:
        # Reading the lines raises where a version's cost is not the line's.
        assert sum(len(d.lines) for d in sample.documents) == 121_253
        assert len(extracts.product_versions()) == 606

    def test_document_flags(self, sample: Book) -> None:
        flags = [revenue.document_flag(d) for d in sample.documents]
        assert flags.count("lines_do_not_tie") == 13
        assert flags.count("invoice_without_lines") == 10

    def test_quotas(self, sample: Book) -> None:
        assert sum(t.low for t in sample.targets) == D(95_714_000)
        assert len(sample.targets) == 163

    def test_chain(self, sample: Book) -> None:
        assert len(sample.reps) == 18
        assert {r for r, boss in sample.manager_of.items() if boss == "273"} == {
            "274",
            "285",
            "287",
        }
        assert sample.managers() == ["273", "274", "285", "287"]
        assert sample.team_of("273") == set(sample.reps)
        assert sample.team_of("285") == {"285", "286"}

    def test_a_full_month_costs_a_twelfth_of_the_paid_hours(self, sample: Book) -> None:
        assert sample.costs["275", date(2014, 2, 1)] == D("3999.9960")
        assert sample.costs["273", date(2014, 6, 1)] == D("12500.0027")
        assert sample.costs["287", date(2012, 4, 1)] == D("4168.7533")
        assert max(month for _, month in sample.costs) == date(2014, 6, 1)
        assert ("287", date(2012, 3, 1)) not in sample.costs

    def test_parts_add_up_to_the_difference(self, sample: Book) -> None:
        figures = yoy.revenue_yoy(sample)
        for row in figures.values():
            parts = row[4:]
            if row.difference is None:
                assert not any(part is not None for part in parts)
            else:
                assert sum(part for part in parts if isinstance(part, Decimal)) == row.difference
        for cut in ("company", "client", "rep", "territory", "segment", "product_category"):
            months = [row.net_revenue for key, row in figures.items() if key[::2] == ("month", cut)]
            assert sum(months) == D("109846381.4039")

    def test_effects_on_clients_add_up_across_cuts(self, sample: Book) -> None:
        figures = yoy.revenue_yoy(sample)
        for cut in ("client", "rep", "territory", "segment", "product_category"):
            for start in (date(2012, 6, 1), date(2013, 6, 1), date(2014, 6, 1)):
                cells = [row for key, row in figures.items() if key[:3] == ("year", start, cut)]
                company = figures["year", start, "company", "all"]
                for part in ("new_client_effect", "lost_client_effect", "unsplit_effect"):
                    assert sum(getattr(row, part) for row in cells) == getattr(company, part)

    @pytest.mark.parametrize("cut", ["company", "segment", "territory"])
    def test_clients_carry_over_from_month_to_month(self, sample: Book, cut: str) -> None:
        figures = churn.churn(sample)
        for (month, found_cut, cut_id), row in figures.items():
            after = figures.get((dates.add_months(month, 1), cut, cut_id))
            if found_cut == cut and after:
                moved = row.clients_joined + row.clients_won_back - row.clients_lost
                assert after.clients_at_start == row.clients_at_start + moved

    def test_every_client_joins_once(self, sample: Book) -> None:
        figures = churn.churn(sample)
        bought = {d.client_id for d in sample.documents}
        for cut in ("company", "segment", "territory", "rep"):
            joined = sum(row.clients_joined for key, row in figures.items() if key[1] == cut)
            assert joined == len(bought)
        monthly = business.new_business(sample)
        for cut in ("company", "segment", "territory", "rep"):
            cells = [row for key, row in monthly.items() if key[::2] == ("month", cut)]
            assert sum(row.new_clients for row in cells) == len(bought)
            assert sum(r.new_revenue + r.standing_revenue for r in cells) == D("109846381.4039")

    def test_weights_add_up_to_one(self, sample: Book) -> None:
        weights = business.seasonality(sample)
        assert {segment for segment, _ in weights} == {
            "all",
            "individual",
            *extracts.SEGMENTS.values(),
        }
        for segment in {segment for segment, _ in weights}:
            assert sum(weights[segment, month] or 0 for month in range(1, 13)) == 1

    def test_every_account_has_a_tier_a_value_and_a_running_year(self, sample: Book) -> None:
        assert tiers.tiers(sample).keys() == sample.clients.keys()
        assert value.client_value(sample).keys() == sample.clients.keys()
        running = {client for client, year in potential.client_potential(sample) if year == 2015}
        assert running == sample.clients.keys()

    def test_everyones_team_is_the_sum_of_their_own(self, sample: Book) -> None:
        figures = value.rep_ltv_cost(sample)
        labels = ["FY2012", "FY2013", "FY2014", "trailing_12_months"]
        assert list(dict.fromkeys(key[1] for key in figures)) == labels
        for label in labels:
            own = [row for key, row in figures.items() if key[1:] == (label, "own")]
            team = figures["273", label, "team"]
            assert team.clients == sum(row.clients for row in own)
            assert team.client_ltv == sum(row.client_ltv for row in own)
            assert team.rep_cost == sum(row.rep_cost or 0 for row in own)

    def test_quota_periods_neither_overlap_nor_leave_holes(self, sample: Book) -> None:
        ends: dict[str, dict[date, date]] = {}
        for target, end in plan.targets_with_end(sample):
            ends.setdefault(target.rep, {})[target.period_start] = end
        for periods in ends.values():
            starts = sorted(periods)
            for start, following in pairwise(starts):
                assert periods[start] + timedelta(days=1) == following
            assert periods[starts[-1]] == date(2014, 5, 31)


class TestDates:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2014, 3, 31), -1, date(2014, 2, 28)),
            (date(2012, 3, 31), -1, date(2012, 2, 29)),
            (date(2013, 2, 28), -12, date(2012, 2, 28)),
            (date(2012, 2, 29), 12, date(2013, 2, 28)),
            (date(2011, 12, 1), 3, date(2012, 3, 1)),
        ],
    )
    def test_add_months(self, day: date, months: int, expected: date) -> None:
        assert dates.add_months(day, months) == expected

    def test_fiscal_year_is_named_for_the_year_it_ends_in(self) -> None:
        june = extracts.CALENDAR
        assert june.fiscal_year(date(2014, 5, 31)) == 2014
        assert june.fiscal_year(date(2014, 6, 1)) == 2015
        assert CALENDAR.fiscal_year(date(2014, 6, 1)) == 2014
        assert june.fiscal_year_period(2014)[1:] == (date(2013, 6, 1), date(2014, 5, 31))
        assert june.complete_fiscal_years(date(2011, 5, 31), date(2014, 6, 30)) == [
            2012,
            2013,
            2014,
        ]
        assert june.complete_fiscal_years(date(2011, 6, 1), date(2014, 5, 30)) == [2012, 2013]

    def test_periods_of_a_day(self) -> None:
        found = {p.period_type: p[1:] for p in extracts.CALENDAR.periods_of(date(2014, 2, 10))}
        assert found == {
            "month": (date(2014, 2, 1), date(2014, 2, 28)),
            "quarter": (date(2013, 12, 1), date(2014, 2, 28)),
            "season": (date(2013, 10, 1), date(2014, 3, 31)),
            "year": (date(2013, 6, 1), date(2014, 5, 31)),
        }

    def test_last_full_months(self) -> None:
        assert dates.last_full_months(date(2014, 6, 30), 2) == [date(2014, 5, 1), date(2014, 6, 1)]
        assert dates.last_full_months(date(2014, 6, 29), 1) == [date(2014, 5, 1)]


class TestMoney:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Fraction(1, 20_000), "0.0001"),
            (Fraction(-1, 20_000), "-0.0001"),
            (Fraction(2, 3), "0.6667"),
        ],
    )
    def test_rounding(self, value: Fraction, expected: str) -> None:
        assert round_money(value) == D(expected)
        assert round_money(D("0.00005")) == D("0.0001")

    def test_ratio(self) -> None:
        assert ratio(D(1), D(0)) is None
        assert ratio(1, None) is None
        assert ratio(D("0.5"), 2) == Fraction(1, 4)


class TestRevenueRows:
    def test_a_balancing_row_ties_lines_to_the_header(self) -> None:
        document = invoice("a", date(2014, 1, 1), "10", lines=(sold("p", 1, "9.9951"),))
        rows = list(revenue.document_rows(document))
        assert [(r.line_number, r.amount) for r in rows] == [(1, D("9.9951")), (0, D("0.0049"))]
        assert revenue.document_flag(document) is None

    def test_a_document_without_lines_is_one_row(self) -> None:
        (row,) = revenue.document_rows(invoice("a", date(2014, 1, 1), "10"))
        assert (row.line_number, row.product, row.quantity, row.amount) == values(0, None, None, 10)

    def test_a_positive_credit_note_lowers_revenue(self) -> None:
        for amount in ("10", "-10"):
            note = Document("n", "a", date(2014, 1, 1), "r", D(amount), (), is_credit_note=True)
            assert [row.amount for row in revenue.document_rows(note)] == [D(-10)]


class TestYearOverYear:
    def test_parts_by_hand(self) -> None:
        before, now = date(2013, 1, 10), date(2014, 1, 20)
        book = book_of(
            invoice("stays", before, "105", lines=(sold("p", 10, "100"),)),
            invoice("goes", before, "7"),
            invoice("stays", now, "135", lines=(sold("p", 6, "66"), sold("q", 6, "60"))),
            invoice("comes", now, "8"),
            as_of=date(2014, 1, 31),
        )
        row = yoy.revenue_yoy(book)["month", date(2014, 1, 1), "company", "all"]
        assert row[:3] == (D(143), D(112), D(31))
        assert row.growth_rate == Fraction(31, 112)
        assert row.price_effect == 6  # (11 - 10) x 6
        assert row.volume_effect == 20  # (12 - 10) x 10
        assert row.mix_effect == 0  # 126 - 100 - 6 - 20
        assert row.unsplit_effect == 4  # 9 - 5
        assert (row.new_client_effect, row.lost_client_effect) == values(8, -7)

    def test_the_running_period_is_compared_with_the_same_days(self) -> None:
        book = book_of(
            invoice("a", date(2013, 1, 10), "1"),
            invoice("a", date(2013, 1, 20), "2"),
            invoice("a", date(2014, 1, 5), "4"),
            as_of=date(2014, 1, 15),
        )
        figures = yoy.revenue_yoy(book)
        assert figures["month", date(2014, 1, 1), "client", "a"].prior_revenue == 1
        assert figures["month", date(2013, 1, 1), "client", "a"] == yoy.YearOverYear(D(3))
        assert ("month", date(2014, 2, 1), "client", "a") not in figures

    def test_a_period_without_prior_revenue_has_no_growth_rate(self) -> None:
        book = book_of(
            invoice("a", date(2012, 1, 31), "1"),
            invoice("b", date(2014, 1, 5), "4"),
            as_of=date(2014, 1, 15),
        )
        row = yoy.revenue_yoy(book)["month", date(2014, 1, 1), "client", "b"]
        assert row[:4] == (D(4), D(0), D(4), None)
        assert row.new_client_effect == 4


class TestChurn:
    def test_thresholds(self) -> None:
        assert churn.threshold_days(None) == 90
        assert churn.threshold_days(Fraction(10)) == 90
        assert churn.threshold_days(Fraction(61, 2)) == 91
        assert churn.median([1, 2, 4, 9]) == 3

    def test_rhythm_is_of_the_client_then_the_segment_then_the_company(self) -> None:
        days = [date(2012, 1, 1), date(2012, 2, 20), date(2012, 5, 30)]  # gaps 50 and 100
        clients = {"a": Client("a", "x"), "b": Client("b", "x"), "c": Client("c", "y")}
        book = book_of(
            *(invoice("a", day, "1") for day in days),
            invoice("b", date(2013, 1, 1), "1"),
            invoice("c", date(2013, 1, 1), "1"),
            invoice("c", date(2014, 1, 1), "1"),
            as_of=date(2014, 6, 30),
            clients=clients,
        )
        found = churn.purchases(book)
        assert [(p.lost_on - p.day).days for p in found["a"]] == [90, 90, 225]
        assert [(p.lost_on - p.day).days for p in found["b"]] == [225]
        assert [(p.lost_on - p.day).days for p in found["c"]] == [225, 90]

    def test_lost_only_when_the_day_has_passed(self) -> None:
        first = date(2014, 1, 1)
        lost_on = first + timedelta(days=90)  # 1 April
        for as_of, lost in ((lost_on, False), (lost_on + timedelta(days=1), True)):
            book = book_of(invoice("a", first, "5"), as_of=as_of)
            assert ("a" in churn.win_back(book)) is lost
        assert churn.win_back(book)["a"] == (lost_on, first, D(5))

    def test_a_purchase_on_the_day_itself_is_in_time(self) -> None:
        first = date(2014, 1, 1)
        for days, count in ((90, 1), (91, 2)):
            again = first + timedelta(days=days)
            book = book_of(invoice("a", first, "5"), invoice("a", again, "5"), as_of=again)
            assert len(churn.spells(churn.purchases(book)["a"], again)) == count

    def test_months_by_hand(self) -> None:
        book = book_of(
            invoice("a", date(2014, 1, 1), "5", rep="r1"),  # lost on 1 April
            invoice("a", date(2014, 6, 10), "7", rep="r2"),  # won back
            invoice("b", date(2014, 1, 10), "1"),  # lost on 10 April, back on 20 April
            invoice("b", date(2014, 4, 20), "1"),
            as_of=date(2014, 6, 30),
        )
        figures = churn.churn(book)
        found = {key[0].month: row for key, row in figures.items() if key[1] == "company"}
        assert [tuple(found[month][:4]) for month in range(1, 7)] == [
            (0, 2, 0, 0),
            (2, 0, 0, 0),
            (2, 0, 0, 0),
            (2, 0, 1, 0),
            (1, 0, 0, 0),
            (1, 0, 0, 1),
        ]
        april = found[4]
        assert (april.lost_revenue, april.trailing_revenue) == values(5, 6)
        assert april.revenue_churn_rate == Fraction(5, 6)
        assert april.logo_churn_rate == Fraction(1, 2)
        assert [found[month].churn_alert for month in (1, 2, 3, 4, 5)] == [
            None,
            None,
            False,
            True,
            False,
        ]
        assert figures[date(2014, 6, 1), "rep", "r2"].clients_won_back == 1

    def test_two_reps_on_one_day_leave_the_smaller_id(self) -> None:
        day = date(2014, 1, 1)
        book = book_of(invoice("a", day, "1", "r2"), invoice("a", day, "1", "r1"), as_of=day)
        assert churn.purchase_days(book) == {"a": {day: "r1"}}


class TestTiers:
    def test_limits(self) -> None:
        day = date(2014, 1, 1)
        amounts = {"a": "80", "b": "10", "c": "5", "d": "5", "e": "-3"}
        book = book_of(*(invoice(c, day, amount) for c, amount in amounts.items()), as_of=day)
        found = {client: row.tier for client, row in tiers.tiers(book).items()}
        assert found == {
            "a": "tier 1",
            "b": "tier 2",
            "c": "tier 3",
            "d": "to develop",
            "e": "to develop",
        }


class TestValue:
    def test_expected_ltv(self) -> None:
        assert value.expected_ltv(D(120), Fraction(1, 10), lost=False) == 100
        assert value.expected_ltv(D(120), Fraction(1, 10), lost=True) == 0
        assert value.expected_ltv(D(120), Fraction(0), lost=False) is None
        assert value.expected_ltv(None, Fraction(1, 10), lost=False) is None
        assert value.expected_ltv(D(1), Fraction(1, 7), lost=False) == D("0.5833")

    def test_rep_against_cost(self) -> None:
        documents = [
            invoice("lost", date(2013, 1, 1), "500", "r1", (sold("p", 1, "500", "1"),)),
            invoice("a", date(2013, 1, 1), "1", "r2"),
            *(
                invoice("a", date(2013, month, 20), "100", "r1", (sold("p", 1, "100", "40"),))
                for month in range(2, 13)
            ),
        ]
        book = book_of(
            *documents,
            as_of=date(2013, 12, 31),
            reps=("boss", "r1"),
            manager_of={"r1": "boss"},
            costs={("r1", date(2013, 1, 1)): D(10), ("boss", date(2013, 12, 1)): D(30)},
        )
        # Two clients start February, March and April; one is lost in April, eight months follow.
        at_start = sum(
            row.clients_at_start for key, row in churn.churn(book).items() if key[1] == "company"
        )
        found = value.rep_ltv_cost(book)
        ltv = D(11 * 60) / 12 * at_start
        assert at_start == 2 * 3 + 8
        assert found["r1", "FY2013", "own"] == values(date(2013, 12, 31), 2, ltv, D(10), ltv / 10)
        assert found["boss", "FY2013", "own"][1:] == values(0, 0, D(30), 0)
        assert found["boss", "FY2013", "team"][1:] == (2, ltv, D(40), Fraction(ltv) / 40)
        assert found["r1", "trailing_12_months", "own"] == found["r1", "FY2013", "own"]


class TestPlan:
    @pytest.mark.parametrize(
        ("start", "following", "end"),
        [
            (date(2011, 5, 31), date(2011, 8, 31), date(2011, 8, 30)),
            (date(2011, 8, 31), date(2011, 12, 1), date(2011, 11, 30)),
            (date(2011, 12, 1), date(2012, 2, 29), date(2012, 2, 28)),
            (date(2014, 3, 1), None, date(2014, 5, 31)),
            (date(2014, 3, 1), date(2014, 6, 8), date(2014, 5, 31)),
            (date(2014, 3, 1), date(2014, 6, 7), date(2014, 6, 6)),
        ],
    )
    def test_end_of_a_target(self, start: date, following: date | None, end: date) -> None:
        assert plan.target_end(start, "quarter", following) == end

    def test_attainment(self) -> None:
        assert plan.attainment(D(5), D(4), D(6)) == 1
        assert plan.attainment(D(3), D(4), D(6)) == Fraction(3, 4)
        assert plan.attainment(D(9), D(4), D(6)) == Fraction(3, 2)
        assert plan.attainment(D(9), D(4), None) == Fraction(9, 4)

    def test_managers_and_the_company_sum_their_reps(self) -> None:
        day = date(2014, 1, 15)
        book = book_of(
            invoice("a", day, "10", "r1"),
            invoice("b", day, "20", "r2"),
            invoice("c", day, "40", UNASSIGNED),
            as_of=date(2014, 1, 31),
            reps=("r1", "r2"),
            manager_of={"r1": "r2"},
            targets=(
                Target("r1", "month", date(2014, 1, 1), D(20)),
                Target("r2", "month", date(2014, 1, 1), D(20)),
            ),
        )
        found = plan.plan_fact(book)
        end = date(2014, 1, 31)
        key = ("month", date(2014, 1, 1))
        assert found["rep", "r1", *key] == values(end, 20, 10, Fraction(1, 2))
        assert found["manager", "r2", *key] == values(end, 40, 30, Fraction(3, 4))
        assert found["company", "all", *key] == values(end, 40, 30, Fraction(3, 4))


class TestBusiness:
    def test_new_for_twelve_months(self) -> None:
        book = book_of(
            invoice("a", date(2013, 1, 15), "1"),
            invoice("a", date(2014, 1, 14), "2"),
            invoice("a", date(2014, 1, 15), "4"),
            as_of=date(2014, 1, 31),
        )
        found = business.new_business(book)
        assert found["month", date(2014, 1, 1), "company", "all"] == values(2, 4, 0)
        assert found["quarter", date(2013, 1, 1), "rep", "r1"] == values(1, 0, 1)

    def test_weights_of_complete_years(self) -> None:
        book = book_of(
            invoice("a", date(2013, 1, 1), "1"),
            invoice("a", date(2013, 7, 1), "3"),
            invoice("a", date(2014, 1, 1), "9"),
            as_of=date(2014, 1, 31),
        )
        found = business.seasonality(book)
        assert found["all", 1] == Fraction(1, 4)
        assert found["s", 7] == Fraction(3, 4)
        assert found["s", 2] == 0
        assert len(found) == 24


class TestPotential:
    def test_wallets(self) -> None:
        day = date(2014, 1, 1)
        known = {f"k{n}": Client(f"k{n}", "x", wallet=D(n)) for n in range(1, 6)}
        clients = known | {"u": Client("u", "x"), "v": Client("v", "y")}
        book = book_of(invoice("u", day, "4"), as_of=day, clients=clients)
        found = potential.client_potential(book)
        assert found["u", 2014] == values(3, 4, Fraction(4, 3), 3, 0)
        assert found["k5", 2014] == values(5, 0, 0, 5, 5)
        assert found["v", 2014] == values(None, 0, None, None, None)
