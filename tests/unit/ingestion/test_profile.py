"""A first mapping says what is in an unknown extract, and what is in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dagster_project.errors import ExtractError
from dagster_project.ingestion.mapping import load_mapping
from dagster_project.ingestion.profile import profile
from tests.unit.ingestion.site import Site

RUSSIAN = (
    "Номер;Дата;Клиент;Сумма;Пусто\r\n"
    "1;05.01.2025;ООО «Ёлка»;1 234,50;\r\n"
    "2;26.02.2025;ПАО «Строй»;7,00;\r\n"
    "3;26.02.2025;ПАО «Строй»;-12,25;\r\n"
)


def seen(path: Path, tmp_path: Path) -> tuple[dict[str, object], str]:
    text = profile(path, tmp_path / "scratch")
    mapping = yaml.safe_load(text)
    ((_, file),) = mapping["files"].items()
    return file, text


def test_a_ledger_in_cp1251_with_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    file, text = seen(path, tmp_path)
    assert file == {
        "pattern": "sales.csv",
        "format": "csv",
        "encoding": "cp1251",
        "delimiter": ";",
        "decimal": ",",
        "thousands": " ",
        "date_format": "%d.%m.%Y",
        "columns": ["Номер", {"Дата": "date"}, "Клиент", {"Сумма": "number"}, "Пусто"],
    }
    assert '- "Номер"  # a key' in text
    assert '- "Пусто"  # empty' in text


def test_what_was_seen_lands_as_it_was_meant(site: Site) -> None:
    path = site.deliver("sales/sales.csv", RUSSIAN.encode("cp1251"))
    text = profile(path, site.folder / "scratch")
    site.sources_dir.mkdir(parents=True)
    (site.sources_dir / "sales.yml").write_text(
        text.replace("tables: {}", "tables:")
        + "  accounting.products:\n    from: sales\n    mode: full\n"
        "    columns: {product_id: '\"Номер\"', product_name: '\"Клиент\"',"
        " category: 'CAST(\"Сумма\" AS VARCHAR)'}\n",
        encoding="utf-8",
    )
    load_mapping(site.sources_dir / "sales.yml")
    site.land("sales")
    assert site.rows("accounting.products", "product_id", "product_name", "category")[0] == (
        "1",
        "ООО «Ёлка»",
        "1234.50000000",
    )


def test_a_day_that_may_be_a_month_is_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("id,day\n1,05/06/2025\n2,07/08/2025\n", encoding="utf-8")
    _, text = seen(path, tmp_path)
    assert "# DOUBT date_format: %d/%m/%Y fits every day, and so does %m/%d/%Y" in text
    path.write_text("id,day\n1,05/06/2025\n2,07/28/2025\n", encoding="utf-8")
    file, text = seen(path, tmp_path)
    assert file["date_format"] == "%m/%d/%Y"
    assert "DOUBT" not in text


def test_a_comma_that_may_part_thousands_is_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "amounts.csv"
    path.write_text("id;amount\na;1,234\nb;5,678\n", encoding="utf-8")
    _, text = seen(path, tmp_path)
    assert "# DOUBT amount: its mark may be of decimals or of thousands" in text


@pytest.mark.parametrize(
    ("name", "content", "settings"),
    [
        ("a.jsonl", b'{"id": 1, "name": "x"}\n{"id": 2, "name": "y"}\n', {"format": "jsonl"}),
        ("a.json", b'[{"id": 1}, {"id": 2}]', {"format": "json"}),
        ("a.csv", "id,name\n1,Ő\n".encode("utf-16"), {"encoding": "utf-16", "delimiter": ","}),
        ("a.txt", b"id\tname\n1\ta\n2\tb\n", {"delimiter": "\t"}),
    ],
)
def test_other_formats(name: str, content: bytes, settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    file, _ = seen(path, tmp_path)
    assert {key: file[key] for key in settings} == settings


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="no such file, or it is empty"):
        profile(tmp_path / "nothing.csv", tmp_path)
