"""How a value is written in an extract, as SQL that reads it, or gives NULL.

What the mapping says is all that is accepted: under a decimal comma ``1.234`` is no
number unless a point is the thousands mark, and then it is 1234.
"""

from __future__ import annotations

import re

from dagster_project.ingestion.sql import literal

#: Blanks that separate thousands: plain, no-break, narrow no-break, thin.
BLANKS = " \u00a0\u202f\u2009"
#: Marks that separate thousands under an apostrophe.
APOSTROPHES = "'\u2019"

#: Words and signs that multiply a number.
UNITS = {
    "тыс": 10**3,
    "тыс.": 10**3,
    "млн": 10**6,
    "млн.": 10**6,
    "млрд": 10**9,
    "млрд.": 10**9,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "亿": 10**8,
    "億": 10**8,
}
#: Currency signs, three-letter codes, and how some countries write theirs.
CURRENCY = r"(?:[A-Z]{0,2}\p{Sc}|[A-Z]{3}|руб\.?|р\.|грн\.?|лв\.?|zł|Ft|Kč|kr\.?|元)"
_MINUS = "\\-\u2212\u2013"


def trimmed_sql(value: str) -> str:
    """A text without the blanks around it, of any kind; NULL where nothing is left.

    DuckDB's trim looks at every character, which took longer than all else that is done
    to a text. A text of ASCII alone needs it only if it begins or ends with a blank.
    """
    return (
        f"CASE WHEN {value} < '!' OR ends_with({value}, ' ') OR strlen({value}) <> length({value}) "
        f"THEN nullif(trim({value}), '') ELSE {value} END"
    )


def number_sql(value: str, decimal: str, thousands: str) -> str:
    """A text as a number: ``1 234,50 €``, ``(1.5)``, ``12-``, ``3,5 тыс.``, ``2万``.

    Args:
        value: SQL of the text.
        decimal: the decimal mark, a point or a comma.
        thousands: the thousands mark, or nothing; a blank stands for any kind of blank.

    Returns:
        SQL of a DECIMAL(38, 8); NULL where the text is no such number.
    """
    marks = {" ": BLANKS, "'": APOSTROPHES}.get(thousands, thousands)
    group = f"[{re.escape(marks)}]" if marks else None
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if group else r"\d+"
    point = re.escape(decimal)
    plain = rf"-?(?:{whole})(?:{point}\d+)?"
    is_plain = f"regexp_full_match({value}, {literal(plain)})"
    # Nearly all numbers are plain, and taking one apart costs ten times as much.
    return (
        f"CASE WHEN {is_plain} THEN try_cast({_pointed(value, decimal, marks)} AS DECIMAL(38, 8)) "
        f"ELSE {_dressed_number_sql(value, whole, point, marks)} END"
    )


def _pointed(number: str, decimal: str, marks: str) -> str:
    """A plain number as SQL has it: no thousands marks, and a point."""
    for mark in marks:
        number = f"replace({number}, {literal(mark)}, '')"
    return number if decimal == "." else f"replace({number}, {literal(decimal)}, '.')"


def _dressed_number_sql(value: str, whole: str, point: str, marks: str) -> str:
    """A number with a unit, a currency, brackets or a minus behind it."""
    blank = f"[{BLANKS}]*"
    units = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
    opening, closing = f"([({_MINUS}]?)", f"([){_MINUS}]?)"
    pattern = (
        rf"^{opening}{blank}{CURRENCY}?{blank}{opening}{blank}({whole})(?:{point}(\d+))?{blank}"
        rf"({units})?{blank}{closing}{blank}{CURRENCY}?{blank}{closing}$"
    )
    factor = " ".join(f"WHEN {literal(name)} THEN {number}" for name, number in UNITS.items())
    digits = _pointed("part.digits", ".", marks)
    signs = "(part.before || part.inner || part.behind || part.after)"
    amount = (
        "CASE WHEN part.digits = '' THEN NULL "
        f"WHEN length({signs}) > 1 AND {signs} <> '()' OR {signs} IN ('(', ')') THEN NULL "
        # What is too large for any amount is none.
        f"ELSE TRY(CAST(CAST({digits} || '.' || part.fraction || '0' AS DECIMAL(28, 8)) "
        f"* CASE part.unit {factor} ELSE 1 END "
        f"* CASE WHEN {signs} = '' THEN 1 ELSE -1 END AS DECIMAL(38, 8))) END"
    )
    names = "['before', 'inner', 'digits', 'fraction', 'unit', 'behind', 'after']"
    parts = f"[regexp_extract({value}, {literal(pattern)}, {names})]"
    # The list of one is there to give the parts a name.
    return f"list_transform({parts}, lambda part: {amount})[1]"


def excel_date_sql(value: str) -> str:
    """A day by its number in a spreadsheet, where 1 is 1900-01-01 and 1900 a leap year.

    The 29 February 1900 that there is in spreadsheets alone is no day, and NULL.
    """
    number = f"try_cast({value} AS DOUBLE)"
    return (
        f"CASE WHEN {number} >= 61 AND {number} < 2958466 "
        f"THEN DATE '1899-12-30' + CAST(floor({number}) AS INTEGER) "
        f"WHEN {number} >= 1 AND {number} < 60 "
        f"THEN DATE '1899-12-31' + CAST(floor({number}) AS INTEGER) END"
    )
