"""How the command line shows things: tables and a progress bar. Data to stdout, talk to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import PurePath

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from models.directive import Directive, FieldValue
from models.text import PageText
from pipeline.archive import DeadlineRow, DirectiveRow, QuarantineEntry, TargetRow
from pipeline.report import Observer, Outcome, Report

#: Width of tables that go to a file or a pipe: no line is cut at a terminal's width there.
_WIDE = 200
_STYLES = {"accepted": "green", "review": "yellow", "unreadable": "red", "absent": "dim"}
_SIGNS = {"accepted": "✓", "review": "?", "unreadable": "✗", "absent": "–"}

talk = Console(stderr=True, highlight=False)


def data() -> Console:
    """A console on standard output, made anew so that tests and pipes see theirs."""
    tty = sys.stdout.isatty()
    return Console(file=sys.stdout, highlight=False, width=None if tty else _WIDE, soft_wrap=False)


def table(
    title: str, columns: Sequence[str | tuple[str, str]], rows: Sequence[Sequence[object]]
) -> None:
    """Print a table; a column may carry a style or ``right`` for its alignment."""
    out = Table(title=title or None, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        name, look = column if isinstance(column, tuple) else (column, "")
        right = look == "right"
        out.add_column(
            name,
            justify="right" if right else "left",
            style=None if right else look or None,
            overflow="fold",
        )
    for row in rows:
        out.add_row(*(c if isinstance(c, Text) else Text(plain(c)) for c in row))
    data().print(out)


def plain(value: object) -> str:
    """Text of a document is data: control characters must not reach the terminal."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def field_text(field: FieldValue) -> Text:
    """A field's value with a sign for its status."""
    style = _STYLES[field.status]
    if field.value is not None:
        shown = field.value
    elif field.status == "unreadable":
        seen = ", ".join(a.value for a in field.alternatives[:3])
        shown = f"unreadable ({seen})" if seen else "unreadable"
    else:
        shown = ""
    return Text(f"{_SIGNS[field.status]} {plain(shown)}".rstrip(), style=style)


def status_text(value: str | None, status: str) -> Text:
    """As :func:`field_text`, from a row of a query."""
    shown = value or ("unreadable" if status == "unreadable" else "")
    return Text(f"{_SIGNS.get(status, ' ')} {plain(shown)}".rstrip(), style=_STYLES.get(status, ""))


def directive(record: Directive) -> None:
    """One directive as a person reads it: every field with status, confidence and place."""
    single = (
        ("number", record.number),
        ("issued", record.issued),
        ("place", record.place),
        ("type", record.doc_type),
        ("issuer", record.issuer),
        ("parent issuer", record.parent_issuer),
        ("subject", record.subject),
        ("signer", record.signer.name),
        ("authority", record.signer.authority),
        ("position", record.signer.position),
    )
    rows = [_field_row(name, value) for name, value in single]
    rows += [_field_row("to", value) for value in record.recipients]
    rows += [_field_row("copied to", value) for value in record.copied_to]
    table(
        f"{record.id}  {plain(record.source.path)}",
        ["field", "value", ("conf.", "right"), ("page", "right"), "as printed"],
        rows,
    )
    _claims(record)
    reasons = "; ".join(record.review.reasons)
    data().print(
        Text(f"review: {record.review.state}" + (f" ({plain(reasons)})" if reasons else ""))
    )


def _field_row(name: str, value: FieldValue) -> tuple[object, ...]:
    page = next((e.page for e in value.evidence if e.page is not None), "")
    confidence = f"{value.confidence:.2f}" if value.status != "absent" else ""
    return name, field_text(value), confidence, page, value.raw or ""


def _claims(record: Directive) -> None:
    if record.campaign is not None:
        data().print(Text(f"campaign: {plain(record.campaign.name)} [{record.campaign.id}]"))
    if record.citations:
        table(
            "citations",
            ["number", "type", "date", "issuer", "relation"],
            [
                (
                    field_text(c.number),
                    c.doc_type.value,
                    c.issued.value,
                    c.issuer.value,
                    c.relation,
                )
                for c in record.citations
            ],
        )
    if record.targets:
        table(
            "targets and results",
            ["kind", ("value", "right"), "unit", "text"],
            [(t.kind, figure(t.value, t.comparator), t.unit, t.text) for t in record.targets],
        )
    if record.deadlines:
        table(
            "deadlines",
            ["when", "action", "text"],
            [(when(d.operator, d.date, d.recurrence), d.action, d.text) for d in record.deadlines],
        )
    if record.findings:
        table(
            "findings",
            ["severity", "code", "message"],
            [(f.severity, f.code, f.message) for f in record.findings],
        )


def handwriting(pages: Sequence[PageText]) -> None:
    """The places that were written by hand, if there are any."""
    rows = [
        (page.page, number, zone.kind, zone.text, (zone.crop or "")[:12])
        for page in pages
        for number, zone in enumerate(page.zones, 1)
    ]
    if rows:
        table(
            "written by hand (a guess; pictures: --crops)",
            [("page", "right"), ("no.", "right"), "what", "read as", "picture"],
            rows,
        )


def overview(
    rows: Sequence[DirectiveRow],
    targets: Sequence[TargetRow],
    deadlines: Sequence[DeadlineRow],
    quarantined: Sequence[QuarantineEntry],
) -> None:
    """The archive at a glance: what came in, what is due when, what a person must look at."""
    names = {row.path: row.number or PurePath(row.path).name for row in rows}
    table(
        "DIRECTIVES   ✓ accepted   ? a person should look   ✗ cannot be read",
        ["file", "number", "issued", "type", "issuer", "subject"],
        [
            (
                PurePath(r.path).name,
                status_text(r.number, r.number_status),
                status_text(r.issued, r.issued_status),
                r.doc_type,
                r.issuer,
                short(r.subject, 60),
            )
            for r in rows
        ],
    )
    claims = [t for t in targets if t.value is not None]
    if claims:
        table(
            "TARGETS AND RESULTS",
            ["document", "kind", ("value", "right"), "unit", "as it stands"],
            [
                (
                    names.get(t.path, t.path),
                    t.kind,
                    figure(t.value, t.comparator),
                    t.unit,
                    _around(t.text, figure(t.value), 70),
                )
                for t in claims
            ],
        )
    if deadlines:
        table(
            "DEADLINES",
            ["when", "document", "as it stands"],
            [
                (when(d.operator, d.date, d.recurrence), names.get(d.path, d.path), d.text)
                for d in sorted(deadlines, key=lambda d: (_last_day(d.date), d.path))
            ],
        )
    waiting = [r for r in rows if r.reasons]
    if waiting:
        table(
            "TO REVIEW",
            ["file", "cannot be read", "to confirm", "findings"],
            [(PurePath(r.path).name, *_reasons(r.reasons)) for r in waiting],
        )
    if quarantined:
        table(
            "IN QUARANTINE",
            ["file", "why", "what to do"],
            [(PurePath(e.path).name, e.failure.reason, e.failure.advice) for e in quarantined],
        )


def _reasons(reasons: Sequence[str]) -> tuple[str, str, str]:
    """Reasons for review in three columns: what cannot be read, what to confirm, findings."""
    unread, confirm, findings = [], [], []
    for reason in reasons:
        what, _, why = reason.partition(": ")
        if what == "finding":
            findings.append(why)
        elif why == "not found" or why.startswith("unreadable"):
            unread.append(what)
        elif why.endswith("uncertain"):
            confirm.append(what)
        else:
            confirm.append(f"{what} ({why})")
    return ", ".join(unread), ", ".join(confirm), ", ".join(findings)


def when(operator: str, date: str | None, recurrence: str | None) -> str:
    """A deadline's time in words: EDTF and RFC 5545 are for machines."""
    if date is None:
        return f"{operator} {repeated(recurrence)}" if recurrence else operator
    start, slash, end = date.partition("/")
    if not slash:
        return f"{operator} {date}"
    if start in ("", ".."):
        return f"until {end}"
    return f"from {start}" if end in ("", "..") else f"{start} to {end}"


_EVERY = {
    "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year",
    "R/P1M": "month", "R/P3M": "quarter", "R/P6M": "six months", "R/P1Y": "year",
}  # fmt: skip


def repeated(recurrence: str) -> str:
    """A recurrence in words where it is one of the usual ones, else as it stands."""
    parts = dict(part.partition("=")[::2] for part in recurrence.split(";"))
    every = _EVERY.get(parts.get("FREQ", recurrence))
    if every is None or parts.keys() - {"FREQ", "BYMONTHDAY", recurrence}:
        return recurrence
    day = f"day {parts['BYMONTHDAY']} of " if "BYMONTHDAY" in parts else ""
    return f"{day}every {every}"


def _last_day(date: str | None) -> str:
    """What deadlines are sorted by: the end of an interval, open ends and none last."""
    end = (date or "").rpartition("/")[2]
    return end if end and end != ".." else "9999"


def _around(text: str, what: str, width: int) -> str:
    """So much of ``text`` that ``what`` is seen in it."""
    at = text.find(what)
    if at < 0 or at + len(what) < width - 10:
        return short(text, width)
    start = max(0, at - width // 2)
    return short("…" + text[start:].partition(" ")[2], width)


def short(text: str | None, width: int) -> str:
    """``text`` cut to ``width`` characters."""
    text = text or ""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def figure(value: float | None, comparator: str = "=") -> str:
    """A figure as Vietnamese offices write it: 5.091; 52,2."""
    if value is None:
        return ""
    text = f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"
    text = text.translate(str.maketrans(",.", ".,"))
    return text if comparator == "=" else f"{comparator} {text}"


def snippet(text: str, marks: Sequence[tuple[int, int]]) -> Text:
    """A search hit's snippet with what was asked for in bold."""
    out = Text(plain(text))
    for start, end in marks:
        out.stylize("bold reverse", start, end)
    return out


class Bar(Observer):
    """A progress bar with an estimate on standard error; silent where that is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=talk,
            disable=not talk.is_terminal,
            transient=True,
        )
        self._files: TaskID | None = None
        self._pages: TaskID | None = None
        self._page_total = 0

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def planned(self, files: int) -> None:
        self._files = self._progress.add_task("files", total=files)
        self._pages = self._progress.add_task("pages", total=None)

    def pages(self, count: int) -> None:
        self._page_total += count
        if self._pages is not None:
            self._progress.update(self._pages, total=self._page_total)

    def page_done(self) -> None:
        if self._pages is not None:
            self._progress.advance(self._pages)

    def file_done(self, shown: str, outcome: Outcome, reason: str) -> None:
        if outcome in ("quarantined", "skipped"):
            talk.print(f"[yellow]{outcome}[/] {escape(shown)}: {escape(plain(reason))}")
        if self._files is not None and outcome not in ("skipped", "ignored"):
            self._progress.advance(self._files)


class Steps:
    """How far long work is, on standard error; silent where that is no terminal. Called with what
    is being done, how many are done, and of how many."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=talk,
            disable=not talk.is_terminal,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done)


def summary(report: Report) -> None:
    """The counts at the end of a run."""
    count = report.outcomes
    new = ", ".join(f"{count[o]} {o}" for o in ("created", "changed", "unchanged") if count[o])
    talk.print(
        f"[bold]{report.archived} archived[/]" + (f" ({new})" if new else "") + ", "
        f"{report.to_review} to review, "
        f"{count['quarantined']} quarantined, {count['skipped']} skipped; "
        f"{report.pages_read} pages read in {report.seconds:.1f} s"
    )
    if count["ignored"]:
        talk.print(f"{count['ignored']} hidden, system and data files were passed over.")
    if count["quarantined"]:
        talk.print("'vanthu quarantine' tells why and what to do.")
