"""Directives in whose company another one is judged: of one series of numbers, of one campaign."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from models.directive import Directive
from pipeline.archive import reading
from pipeline.archive.conditions import conditions
from pipeline.archive.schema import directives
from pipeline.archive.words import key, number_key

_d: Final = directives.c


def of_series(
    connection: Connection, issuer: str, year: str, symbol: str, most: int
) -> list[Directive] | None:
    """Directives of an issuer and year whose number ends with a symbol, by id; a few more than
    those. ``None``: they are more than ``most``."""
    ends = _d.number_key.endswith(number_key(symbol), autoescape=True)
    day = (_d.issued_first >= f"{year}-01-01") & (_d.issued_first <= f"{year}-12-31")
    return _few(connection, (_d.issuer_key == key(issuer)) & day & ends, most)


def of_campaign(connection: Connection, campaign: str, most: int) -> list[Directive] | None:
    """Directives of a campaign, by id; ``None``: they are more than ``most``."""
    return _few(connection, _d.campaign_id == campaign, most)


def _few(connection: Connection, which: ColumnElement[bool], most: int) -> list[Directive] | None:
    rows: list[Any] = list(
        connection.execute(
            select(*reading.COLUMNS).where(conditions(None), which).order_by(_d.id).limit(most + 1)
        ).all()
    )
    return list(reading.restored(connection, rows)) if len(rows) <= most else None
