"""The poppler programs, their failures turned into our errors."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pipeline.errors import BadInput, EngineFailure, EnvironmentProblem, OutOfMemory, PageTimeout

_INSTALL = "Install poppler: apt-get install poppler-utils"


def run_poppler(arguments: list[str | Path], *, timeout_seconds: float) -> bytes:
    """Run one poppler program and return its standard output.

    :raises EnvironmentProblem: where poppler is not installed
    :raises PageTimeout: past ``timeout_seconds``
    :raises OutOfMemory: where it ran out of the memory that a worker may have
    :raises BadInput: where it refuses the file
    """
    program = str(arguments[0])
    try:
        done = subprocess.run(
            [str(a) for a in arguments],
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise EnvironmentProblem(f"The program {program} is missing.", advice=_INSTALL) from None
    except subprocess.TimeoutExpired:
        raise PageTimeout(f"{program} took longer than {timeout_seconds:.0f} s.") from None
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.decode("utf-8", errors="replace").strip()
    raise poppler_error(program, done.returncode, message)


def poppler_error(program: str, status: int | None, message: str) -> Exception:
    """What a failure of a poppler program means for the file."""
    lowered = message.lower()
    if "out of memory" in lowered or "bad_alloc" in lowered or status in (-9, -6):
        return OutOfMemory(f"{program} ran out of memory on this file.", detail=message)
    if status is not None and status < 0:
        return EngineFailure(f"{program} crashed (signal {-status}).", detail=message)
    return BadInput(f"{program} cannot read this PDF.", detail=message)
