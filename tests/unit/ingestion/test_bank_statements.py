"""Documents of a 1CClientBankExchange become rows; what is no whole document is set aside."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dagster_project.errors import ExtractError
from tests.unit.ingestion.site import Site

PAYMENTS = "accounting.payments"

HEAD = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
Получатель=1С:Предприятие
ДатаНачала=01.01.2024
РасчСчет=40702810000000000001
СекцияРасчСчет
ДатаНачала=01.01.2024
НачальныйОстаток=100.00
КонецРасчСчет
"""


def document(number: int, amount: str, more: str = "") -> str:
    return (
        f"СекцияДокумент=Платежное поручение\nНомер={number}\nДата=0{number}.02.2024\n"
        f"Сумма={amount}\nПлательщик=ООО «Ёлка №{number}»\nПлательщикИНН=770000000{number}\n"
        f"НазначениеПлатежа=Оплата по счёту a=b, в т.ч. НДС\nПлательщик2=\n{more}КонецДокумента\n"
    )


def statement(*documents: str, end: str = "КонецФайла\n") -> str:
    return HEAD + "".join(documents) + end


def land(site: Site, text: str, encoding: str = "cp1251", columns: str = "") -> None:
    site.map(
        f"""
        source: books
        folder: books
        files:
          statements:
            pattern: "*.txt"
            format: 1CClientBankExchange
            encoding: {encoding}
            date_format: "%d.%m.%Y"
            columns:
              - Номер
              - Дата: date
              - Сумма
              - ПлательщикИНН
              - НазначениеПлатежа
              - ПоказательКБК
              {columns}
        tables:
          accounting.payments:
            from: statements
            mode: upsert
            columns:
              payment_id: Номер
              customer_id: ПлательщикИНН
              invoice_id: НазначениеПлатежа
              paid_on: Дата
              amount: Сумма
              currency: "'RUB'"
        """
    )
    site.deliver("books/kl_to_1c.txt", text.replace("\n", "\r\n").encode(encoding))
    site.land(max_set_aside_share=1.0)


def landed(site: Site) -> list[tuple[object, ...]]:
    return site.rows(PAYMENTS, "payment_id", "amount", "_row")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8"])
def test_documents_come_out_as_the_bank_wrote_them(site: Site, encoding: str) -> None:
    text = statement(document(1, "616050.00"), document(2, "7.10"))
    if encoding == "cp866":
        text = text.replace("«", '"').replace("»", '"')
    land(site, text, encoding)
    assert site.rows(PAYMENTS, "payment_id", "customer_id", "invoice_id", "paid_on", "amount") == [
        (
            str(number),
            f"770000000{number}",
            "Оплата по счёту a=b, в т.ч. НДС",
            dt.date(2024, 2, number),
            Decimal(amount),
        )
        for number, amount in ((1, "616050.00"), (2, "7.10"))
    ]


@pytest.mark.parametrize(
    ("spoilt", "rows"),
    [
        (document(2, "5").removesuffix("КонецДокумента\n"), [1, 3]),
        (document(2, "5").removeprefix("СекцияДокумент=Платежное поручение\n"), [1, 3]),
        (document(2, "5", "Сумма=6\n"), [1, 3]),
        (document(2, "5", "и ещё строка\n"), [1, 3]),
        (document(2, "пять"), [1, 3]),
    ],
    ids=["no end", "no start", "a key twice", "no key", "no amount"],
)
def test_a_document_that_is_not_whole_is_set_aside(
    site: Site, spoilt: str, rows: list[int]
) -> None:
    land(site, statement(document(1, "5"), spoilt, document(3, "5")))
    assert landed(site) == [(str(number), Decimal(5), number) for number in rows]
    (load,) = site.loads()
    assert (load.rows_read, load.rows_landed, load.rows_set_aside) == (3, 2, 1)
    (finding,) = site.findings()
    assert finding.row == 2
    assert "Номер=2" in str(finding.value) or finding.value == "пять"


def test_the_first_document_without_its_first_line_is_not_taken_for_the_head(site: Site) -> None:
    first = document(1, "5").removeprefix("СекцияДокумент=Платежное поручение\n")
    land(site, statement(first, document(2, "5")))
    assert landed(site) == [("2", Decimal(5), 2)]
    assert [finding.row for finding in site.findings()] == [1]


def test_a_statement_cut_short_is_told(site: Site) -> None:
    with pytest.raises(ExtractError, match="does not end with the line 'КонецФайла'"):
        land(site, statement(document(1, "5"), end=""))


def test_another_file_is_told(site: Site) -> None:
    with pytest.raises(ExtractError, match="it begins with 'id;name'"):
        land(site, "id;name\n1;2\nКонецФайла\n")


def test_a_column_that_no_statement_has_is_told(site: Site) -> None:
    with pytest.raises(ExtractError, match="column 'Суммма' is mapped"):
        land(site, statement(document(1, "5")), columns="- Суммма")


def test_a_statement_without_documents_is_told(site: Site) -> None:
    with pytest.raises(ExtractError, match="not one row"):
        land(site, statement())
