"""A report's files: Markdown, JSON and HTML, each replaced in one step, made again from memory at will."""

from __future__ import annotations

from pathlib import Path

import orjson

from graphs.report import Report
from tools.domain.errors import StoreUnusable

REPORTS = "reports"


def publish(home: Path, report: Report) -> Path:
    """Write the files of ``report`` below ``home``; returns the path of the Markdown.

    Raises:
        StoreUnusable: They cannot be written.
    """
    folder = home / REPORTS
    text = orjson.dumps(report.values, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _replace(folder / f"{report.name}.json", text + "\n")
        _replace(folder / f"{report.name}.md", report.markdown)
    except OSError as error:
        raise StoreUnusable(f"expected a folder that can be written at {folder}: {error.strerror}") from error
    return folder / f"{report.name}.md"


def _replace(path: Path, text: str) -> None:
    """Write ``path`` in one step: a reader sees the old text or the new one."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
