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
CURRENCY = r"(?:\p{Sc}|[A-Z]{3}|руб\.?|р\.|грн\.?|лв\.?|zł|Ft|Kč|kr\.?|元)"
_MINUS = "\\-\u2212\u2013"


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
    blank = f"[{BLANKS}]*"
    units = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
    pattern = (
        rf"^([({_MINUS}]?){blank}{CURRENCY}?{blank}([{_MINUS}]?){blank}"
        rf"({whole})(?:{re.escape(decimal)}(\d+))?"
        rf"{blank}({units})?{blank}{CURRENCY}?{blank}([){_MINUS}]?)$"
    )
    part = [f"regexp_extract({value}, {literal(pattern)}, {place})" for place in range(7)]
    opening, inner, digits, fraction, unit, closing = part[1:]
    clean = f"translate({digits}, {literal(marks)}, '')" if marks else digits
    factor = " ".join(f"WHEN {literal(name)} THEN {number}" for name, number in UNITS.items())
    # A minus stands once; brackets open and close.
    signs = f"(CASE WHEN {opening} <> '' THEN 1 ELSE 0 END + length({inner}) + length({closing}))"
    is_bracketed = f"({opening} = '(' AND {closing} = ')' AND {inner} = '')"
    has_bracket = f"({opening} = '(' OR {closing} = ')')"
    return (
        f"CASE WHEN {part[0]} = '' THEN NULL "
        f"WHEN {has_bracket} AND NOT {is_bracketed} THEN NULL "
        f"WHEN NOT {has_bracket} AND {signs} > 1 THEN NULL "
        f"ELSE CAST(try_cast({clean} || '.' || {fraction} || '0' AS DECIMAL(28, 8)) "
        f"* CASE {unit} {factor} ELSE 1 END "
        f"* CASE WHEN {signs} > 0 THEN -1 ELSE 1 END AS DECIMAL(38, 8)) END"
    )


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
