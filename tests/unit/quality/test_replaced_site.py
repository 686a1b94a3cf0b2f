"""A site is replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.quality.site import replaced_site


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_site_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    site = tmp_path / "published" / "docs"
    with replaced_site(site) as fresh:
        (fresh / "index.html").write_text("new")
        assert not site.exists()
    assert names(site.parent) == ["docs"]
    assert (site / "index.html").read_text() == "new"


def test_nothing_of_the_former_site_is_left(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    site.mkdir()
    (site / "old.html").write_text("old")
    with replaced_site(site) as fresh:
        (fresh / "index.html").write_text("new")
        assert names(site) == ["old.html"]
    assert names(tmp_path) == ["docs"]
    assert names(site) == ["index.html"]


def test_a_site_that_failed_leaves_the_former_one(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    site.mkdir()
    (site / "index.html").write_text("old")

    def write_half() -> None:
        with replaced_site(site) as fresh:
            (fresh / "index.html").write_text("half")
            raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        write_half()
    assert names(tmp_path) == ["docs"]
    assert (site / "index.html").read_text() == "old"


def test_others_may_read_the_site(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    expected = tmp_path / "made by mkdir"
    expected.mkdir()
    with replaced_site(site):
        pass
    assert site.stat().st_mode == expected.stat().st_mode
