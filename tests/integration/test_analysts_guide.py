"""docs/kpis.md: every mart is there, and every query gives the answer shown."""

from __future__ import annotations

import duckdb
import pytest

from tests.command_line import Published
from tests.integration.analysts_guide import GUIDE, Example, answer, examples

EXAMPLES = examples(GUIDE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.mart)
def test_a_query_gives_the_answer_shown(
    example: Example, published: Published, simulated: Published
) -> None:
    company = published if example.company == "sample" else simulated
    given = answer(company.database, example.query)
    assert given == example.answer
    assert given.count("\n") > 2, "an example shows at least one row"


def test_every_kpi_mart_is_in_the_guide(published: Published) -> None:
    with duckdb.connect(str(published.database), read_only=True) as connection:
        marts = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts'"
        ).fetchall()
    assert {mart for (mart,) in marts} <= {example.mart for example in EXAMPLES}
