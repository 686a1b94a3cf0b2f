"""A wrong row is set aside with file, row, column, value and rule; the rest lands."""

from __future__ import annotations

import pytest

from tests.unit.ingestion.site import ANY_SHARE, Finding, Site

FILE = "books/invoices.csv"
HEADER = "id,day,amount\n"


def land(site: Site, *, landed: int, set_aside: int) -> None:
    """Land what may be set aside, and hold the load to its counts."""
    (load,) = site.land(max_set_aside_share=ANY_SHARE).loads
    assert (load.rows_read, load.rows_landed, load.rows_set_aside) == (
        landed + set_aside,
        landed,
        set_aside,
    )


def numbered(site: Site) -> list[tuple[str, int]]:
    return [
        (identifier, row)
        for identifier, row in site.rows("accounting.invoices", "invoice_id", "_row")
    ]


@pytest.mark.parametrize("amount", ["n/a", '"1,000.50"', "1.2.3", "nan", "12 345", "1e99"])
def test_an_amount_that_is_no_number(site: Site, amount: str) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}1,2024-01-01,5\n2,2024-01-01,{amount}\n")
    land(site, landed=1, set_aside=1)
    assert site.findings() == [Finding(FILE, 2, "amount", amount.strip('"'), "type")]


@pytest.mark.parametrize(
    "day", ["2024-02-30", "01/02/2024", "05-01-24", "infinity", "20240-01-01", "today", "45000"]
)
def test_a_day_that_is_none(site: Site, day: str) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}1,{day},5\n2,2024-01-01,5\n")
    land(site, landed=1, set_aside=1)
    assert site.findings() == [Finding(FILE, 1, "day", day, "type")]


@pytest.mark.parametrize("number", ["1.5", "1.234", "one", "99999999999"])
def test_a_whole_number_is_not_rounded(site: Site, number: str) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          lines: {pattern: lines.csv, columns: [id, number, amount]}
        tables:
          accounting.invoice_lines:
            from: lines
            mode: full
            columns: {invoice_id: id, line_number: number, net_amount: amount}
        """
    )
    site.deliver("books/lines.csv", f"id,number,amount\n1,1.0,5\n1,{number},5\n")
    land(site, landed=1, set_aside=1)
    assert site.rows("accounting.invoice_lines", "line_number") == [(1,)]
    assert site.findings() == [Finding("books/lines.csv", 2, "number", number, "type")]


@pytest.mark.parametrize(
    ("row", "column"), [(",2024-01-01,5", "id"), ("1,  ,5", "day"), ('1,2024-01-01,""', "amount")]
)
def test_a_required_value_that_is_missing(site: Site, row: str, column: str) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}{row}\n2,2024-01-01,5\n")
    land(site, landed=1, set_aside=1)
    assert site.findings() == [Finding(FILE, 1, column, None, "missing_value")]


def test_a_value_that_is_not_accepted_is_told_under_the_contracts_name(site: Site) -> None:
    path = site.map_invoices()
    path.write_text(path.read_text().replace("\"'open'\"", "lower(id[:4])"))
    site.deliver(FILE, f"{HEADER}Open1,2024-01-01,5\nGone2,2024-01-01,5\n")
    land(site, landed=1, set_aside=1)
    assert site.findings() == [Finding(FILE, 2, "status", "gone", "accepted_values")]


@pytest.mark.parametrize("first", range(1, 8))
@pytest.mark.parametrize("is_faulty_between", [False, True])
def test_a_key_that_comes_twice_is_found_at_any_place(
    site: Site, first: int, is_faulty_between: bool
) -> None:
    """Rows are compared with their neighbours, in several parts of the file at once."""
    lines = [f"{key},2024-01-01,5\n" for key in range(1, 8)]
    lines[first:first] = ["0,2024-01-01,x\n"] * is_faulty_between + [lines[first - 1]]
    site.map_invoices()
    site.deliver(FILE, HEADER + "".join(lines))
    land(site, landed=7, set_aside=1 + is_faulty_between)
    row = first + 1 + is_faulty_between
    assert Finding(FILE, row, "invoice_id", str(first), "duplicate_key") in site.findings()


def test_of_a_duplicate_key_the_first_stays(site: Site) -> None:
    site.map_invoices()
    site.deliver("books/invoices_a.csv", f"{HEADER}1,2024-01-01,5\n1,2024-01-02,6\n")
    site.deliver("books/invoices_b.csv", f"{HEADER}1,2024-01-03,7\n2,2024-01-03,8\n")
    land(site, landed=2, set_aside=2)
    assert site.rows("accounting.invoices", "invoice_id", "net_amount::INTEGER") == [
        ("1", 5),
        ("2", 8),
    ]
    assert site.findings() == [
        Finding("books/invoices_a.csv", 2, "invoice_id", "1", "duplicate_key"),
        Finding("books/invoices_b.csv", 1, "invoice_id", "1", "duplicate_key"),
    ]


def test_a_row_that_is_wrong_otherwise_claims_no_key(site: Site) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}1,2024-01-01,x\n1,2024-01-02,6\n")
    land(site, landed=1, set_aside=1)
    assert numbered(site) == [("1", 2)]


def test_every_fault_of_a_row_is_told_and_the_row_counts_once(site: Site) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}1,soon,much\n2,2024-01-01,5\n")
    land(site, landed=1, set_aside=1)
    assert {(found.column, found.value) for found in site.findings()} == {
        ("day", "soon"),
        ("amount", "much"),
    }


def test_malformed_records_leave_the_numbers_of_the_other_rows_right(site: Site) -> None:
    site.map_invoices()
    rows = [
        '1,"2024-01-01\n",5',  # one row of two lines
        "2,2024-01-01",
        "",  # blank lines are no rows
        "3,2024-01-01,5",
        "4,2024-01-01,5,6,7",
        "5",
        "",
        "",
        "6,2024-01-01,x",
        "7,2024-01-01,5",
        '8,"2024-01-01"x,5',
        "9,2024-01-01,5",
    ]
    site.deliver(FILE, HEADER + "\n".join(rows))
    land(site, landed=4, set_aside=5)
    assert numbered(site) == [("1", 1), ("3", 3), ("7", 7), ("9", 9)]
    assert site.findings() == [
        Finding(FILE, 2, None, "2,2024-01-01", "malformed_record"),
        Finding(FILE, 4, None, "4,2024-01-01,5,6,7", "malformed_record"),
        Finding(FILE, 5, None, "5", "malformed_record"),
        Finding(FILE, 6, "amount", "x", "type"),
        Finding(FILE, 8, None, '8,"2024-01-01"x,5', "malformed_record"),
    ]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_malformed_records_are_told_by_file(site: Site, ending: str) -> None:
    site.map_invoices(", header: false")
    site.deliver(f"books/invoices_a.csv{ending}", "1,2024-01-01,5\n2\n3,2024-01-01,5\n")
    site.deliver(f"books/invoices_b.csv{ending}", "4,2024-01-01,5\n5,2024-01-01,5\n6\n")
    land(site, landed=4, set_aside=2)
    assert numbered(site) == [("1", 1), ("3", 3), ("4", 1), ("5", 2)]
    assert [(found.file[-len(ending) - 5 :][0], found.row) for found in site.findings()] == [
        ("a", 2),
        ("b", 3),
    ]


def test_malformed_records_across_the_readers_buffers(site: Site) -> None:
    site.map_invoices()
    size = 120_000
    rows = [
        f"{n}" if n % 50_000 == 0 else f"{n},2024-01-01,{'9' * 12}.{'0' * 300}"
        for n in range(1, size + 1)
    ]
    site.deliver(FILE, HEADER + "\n".join(rows))
    land(site, landed=size - 2, set_aside=2)
    assert site.rows("accounting.invoices", "count(*) FILTER (invoice_id::BIGINT <> _row)") == [
        (0,)
    ]
    assert [found.row for found in site.findings()] == [50_000, 100_000]


def test_a_blank_line_of_a_one_column_file_is_a_row(site: Site) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          names: {pattern: names.csv, columns: [name]}
        tables:
          accounting.products:
            from: names
            mode: full
            columns: {product_id: name, product_name: name}
        """
    )
    site.deliver("books/names.csv", "name\na\n\nb,b\nc\n")
    land(site, landed=2, set_aside=2)
    assert site.rows("accounting.products", "product_id", "_row") == [("a", 1), ("c", 4)]


def test_faults_of_files_behind_a_view_are_told_by_their_file_and_row(site: Site) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          invoices: {pattern: invoices.csv, columns: [id, day: date, amount]}
          states: {pattern: states.csv, columns: [id, state]}
        views:
          both: select invoices.*, state from invoices left join states using (id)
        tables:
          accounting.invoices:
            from: both
            mode: full
            columns:
              invoice_id: id
              document_type: "'invoice'"
              customer_id: "'c1'"
              issued_on: day
              currency: "'EUR'"
              status: state
              net_amount: amount
        """
    )
    site.deliver(FILE, f"{HEADER}1,2024-01-01,5\n2\n3,soon,5\n4,2024-01-01,x\n")
    site.deliver("books/states.csv", "id,state\n1,open\n3,open\n4,open\n5,open,too,many\n")
    land(site, landed=1, set_aside=4)
    assert site.findings() == [
        Finding(FILE, 2, None, "2", "malformed_record"),
        Finding(FILE, 3, "day", "soon", "type"),
        Finding(FILE, 4, "amount", "x", "type"),
        Finding("books/states.csv", 4, None, "5,open,too,many", "malformed_record"),
    ]


def test_findings_tell_the_key_and_the_money_at_stake(site: Site) -> None:
    site.map_invoices()
    site.deliver(FILE, f"{HEADER}1,soon,12.50\n2,2024-01-01,5\n")
    land(site, landed=1, set_aside=1)
    (load,) = site.loads()
    assert site.query(
        f"SELECT source, table_name, record_key, amount::VARCHAR "
        f"FROM '{load.findings_path(site.lake_dir)}'"
    ) == [("books", "accounting.invoices", "1", "12.5000")]
