"""Tasks for worker processes; they must be importable there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.errors import BadInput

_started = ""


def start(word: str) -> None:
    global _started
    _started = word


def started() -> str:
    return _started


def add(a: int, b: int) -> int:
    return a + b


def pid() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def sleep_in_child(note: str) -> None:
    """Start a program that outlives a careless kill, and wait for it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(note).write_text(str(child.pid))
    child.wait()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hog() -> int:
    return len(bytearray(8 * 2**30))


def refuse() -> None:
    error = BadInput("The page is torn.", page=3, detail="x")
    error.sha256 = "ab"
    raise error.blamed("clean")


def bug() -> None:
    raise ZeroDivisionError("ours")


def fail_to_start() -> None:
    os._exit(3)
