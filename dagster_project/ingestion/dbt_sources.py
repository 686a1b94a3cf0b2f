"""The dbt sources of the contract, written from the contract itself.

``python -m dagster_project.ingestion.dbt_sources`` (``make contract``) writes
them; a test holds the files to the contract.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from dagster_project.ingestion.contract import CONTRACT, Column
from dagster_project.settings import Settings

_HEADER = "# Written by `make contract` from dagster_project/ingestion/contract.py. Do not edit.\n"


def source_files(dbt_dir: Path) -> dict[Path, str]:
    """The path and text of the sources file of each schema of the contract."""
    schemas = dict.fromkeys(table.schema for table in CONTRACT.values())
    return {
        dbt_dir / "models" / "staging" / schema / f"_{schema}__sources.yml": _render(schema)
        for schema in schemas
    }


def _render(schema: str) -> str:
    tables = [
        {
            "name": table.entity,
            "description": f"Landed rows, each {table.grain}.",
            "columns": [
                {
                    "name": column.name,
                    "data_type": column.type.sql.lower(),
                    "description": _describe(column),
                }
                for column in table.columns
            ],
        }
        for table in CONTRACT.values()
        if table.schema == schema
    ]
    document = {
        "version": 2,
        "sources": [
            {
                "name": schema,
                "schema": schema,
                "description": f"The {schema} tables of the input contract, as landed.",
                "tables": tables,
            }
        ],
    }
    return _HEADER + yaml.safe_dump(document, sort_keys=False, width=88, allow_unicode=True)


def _describe(column: Column) -> str:
    parts = ["Key." if column.is_key else "Required." if column.is_required else "Optional."]
    if column.values:
        parts.append(f"One of {', '.join(column.values)}.")
    if column.references:
        parts.append(f"Refers to {column.references}.")
    return " ".join(parts)


def main() -> None:
    """Write the sources files and say which."""
    for path, text in source_files(Settings.from_environment().dbt_dir).items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
