"""How the answers to analysts' questions are shown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from pipeline.archive import DueRow, FindingCount, FindingRow, ProgressRow, ToldRow
from pipeline.archive.rows import Claim
from pipeline.console import figure, short, status_text, table

_MEANT = {
    "article": "as the document says", "own": "the issuer's own", "public": "the public",
    "file": "the registry",
}  # fmt: skip
_MEMBERS_SHOWN = 3


def progress(rows: Sequence[ProgressRow]) -> None:
    """Goals with results, parts below their whole."""
    table(
        "✓ both figures accepted   ? a person should look first",
        ["campaign", "organisation", "unit", ("goal", "right"), ("result", "right"), "as of",
         ("ratio", "right"), "", "goal by", "result by"],
        [
            (
                row.campaign, row.organisation, _unit(row), _claim(row.goal, row.part),
                _claim(row.result), _as_of(row.result), _ratio(row), row.standing or row.reason,
                _place(row.goal), _place(row.result),
            )
            for row in rows
        ],
    )  # fmt: skip


def _unit(row: ProgressRow) -> str:
    return " of ".join(filter(None, (row.unit, row.population)))


def _claim(claim: Claim | None, part: int = 0) -> str:
    return ("└ " if part else "") + figure(claim.value, claim.comparator) if claim else ""


def _as_of(claim: Claim | None) -> str:
    if claim is None:
        return ""
    return f"{claim.last} (of the document)" if claim.dated_by_document else claim.period or ""


def _ratio(row: ProgressRow) -> Text | str:
    if row.ratio is None:
        return ""
    shown = f"{'≥ ' if row.at_least else ''}{100 * row.ratio:.1f} %".replace(".", ",")
    return status_text(shown, row.status)


def _place(claim: Claim | None) -> str:
    if claim is None:
        return ""
    page = f", p. {claim.page}" if claim.page else ""
    return f"{claim.directive_number or claim.directive_id}{page}: {short(claim.text, 60)}"


def due(rows: Sequence[DueRow]) -> None:
    """Deadlines around a day."""
    table(
        "",
        ["due", ("days", "right"), "document", "issuer", "who", "what", "as it stands"],
        [
            (
                status_text(f"{r.due}{' (end of the period)' if r.basis == 'period' else ''}",
                            r.status),
                f"{r.days:+}", _document(r), r.directive_issuer, r.responsible,
                short(r.action, 80), short(r.text, 80),
            )
            for r in rows
        ],
    )  # fmt: skip


def recipients(rows: Sequence[ToldRow]) -> None:
    """Addresses with whom they mean."""
    table(
        "",
        ["document", "", "address", "level", "where", "known there"],
        [
            (
                _document(r), _why(r),
                status_text(r.name, r.status), _level(r), _where(r), _members(r.members),
            )
            for r in rows
        ],
    )  # fmt: skip


def _why(row: ToldRow) -> str:
    return "to" if row.kind == "to" else "copy, as above" if row.as_above else "copy"


def _level(row: ToldRow) -> str:
    if row.addressee in _MEANT:
        return _MEANT[row.addressee]
    level = "" if row.level == "unknown" else row.level
    return f"every {level}".strip() if row.addressee == "group" and level else level


def _where(row: ToldRow) -> str:
    now = f" (now {row.province_now})" if row.province_now not in (None, row.province) else ""
    under = "under the issuer" if row.scope == "issuer" else ""
    country = "the country" if row.scope == "country" else ""
    return ", ".join(filter(None, (under or country, f"{row.province or ''}{now}")))


def _members(members: Sequence[str]) -> str:
    more = len(members) - _MEMBERS_SHOWN
    return "; ".join(members[:_MEMBERS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def finding_counts(rows: Sequence[FindingCount]) -> None:
    """Kinds of findings with their counts."""
    table(
        "",
        ["severity", "code", ("findings", "right"), ("documents", "right")],
        [(r.severity, r.code, r.findings, r.documents) for r in rows],
    )


def findings(rows: Sequence[FindingRow]) -> None:
    """Findings with their documents."""
    table(
        "",
        ["severity", "code", "document", "issuer", ("page", "right"), "message"],
        [(r.severity, r.code, _document(r), r.directive_issuer, r.page, r.message) for r in rows],
    )


def _document(row: DueRow | ToldRow | FindingRow) -> str:
    return row.directive_number or row.directive_id
