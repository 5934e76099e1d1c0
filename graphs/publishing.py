"""A report's files: plot, JSON, HTML and Markdown, each replaced in one step after memory has the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import orjson

from graphs.day import DayFigures
from graphs.report import Report
from tools.domain.errors import StoreUnusable

REPORTS = "reports"


Render: TypeAlias = Callable[[Report], str]
Draw: TypeAlias = Callable[[DayFigures, Path], None]


def publish(home: Path, report: Report, render: Render) -> Path:
    """Write the files of ``report`` and put its plot in place; returns the path of the Markdown.

    Args:
        home: Its folder ``reports`` gets them.
        report: What they say; it must be in memory, or a crash would leave files of what never was.
        render: Makes the page of a report.

    Raises:
        StoreUnusable: They cannot be written.
    """
    folder = reports_folder(home)
    text = orjson.dumps(report.values, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()
    try:
        drawn = drawn_path(home, report.name)
        if drawn.exists():
            drawn.replace(plot_path(home, report.name))
        _replace(folder / f"{report.name}.json", text + "\n")
        _replace(folder / f"{report.name}.html", render(report))
        _replace(folder / f"{report.name}.md", report.markdown)
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {folder}: {error.strerror}") from error
    return folder / f"{report.name}.md"


def draw_beside(home: Path, name: str, figures: DayFigures, draw: Draw) -> None:
    """Draw the plot of a report that is not in memory yet; ``publish`` puts it in place.

    Raises:
        StoreUnusable: It cannot be written.
    """
    folder = reports_folder(home)
    try:
        draw(figures, drawn_path(home, name))
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {folder}: {error.strerror}") from error


def plot_path(home: Path, name: str) -> Path:
    """Where the plot of a report is."""
    return home / REPORTS / f"{name}.png"


def drawn_path(home: Path, name: str) -> Path:
    """Where its plot waits until the report is in memory."""
    return home / REPORTS / f"{name}.new.png"


def reports_folder(home: Path) -> Path:
    """Where reports are kept, made if need be.

    Raises:
        StoreUnusable: It cannot be made.
    """
    folder = home / REPORTS
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {folder}: {error.strerror}") from error
    return folder


def _replace(path: Path, text: str) -> None:
    """Write ``path`` in one step: a reader sees the old text or the new one."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
