"""What every route works with."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Path, Request

from pipeline.serve.ports import Holdings
from pipeline.settings import ServeSettings

PREFIX: Final = "/api/v1"


async def _holdings(request: Request) -> Holdings:
    holdings: Holdings = request.app.state.holdings
    return holdings


async def _settings(request: Request) -> ServeSettings:
    settings: ServeSettings = request.app.state.settings
    return settings


Archive = Annotated[Holdings, Depends(_holdings)]
Limits = Annotated[ServeSettings, Depends(_settings)]
#: Ids are made of a hash; whatever else is asked for is not there.
DirectiveId = Annotated[
    str,
    Path(
        pattern="^[A-Za-z0-9._-]{1,128}$",
        description="The directive's id.",
        examples=["vt-4f0c1d2e3a5b6978"],
    ),
]
PageNumber = Annotated[int, Path(ge=1, le=100_000, description="Page number, from 1.")]
