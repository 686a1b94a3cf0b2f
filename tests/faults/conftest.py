"""A company to spoil, as good as new for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Published
from tests.faults.company import Company


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One path for all tests, so that dbt's project is parsed for it once."""
    return tmp_path_factory.mktemp("company")


@pytest.fixture
def company(company_folder: Path, published: Published) -> Company:
    """A company whose marts of yesterday are published."""
    company = Company(company_folder)
    company.start_afresh(published.command.data_dir)
    return company
