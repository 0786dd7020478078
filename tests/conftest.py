"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Timed examples flake on busy machines; what is slow is measured in benchmarks/.
settings.register_profile("vanthu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vanthu")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The committed samples."""
    return ROOT / "samples" / "finished"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material that lies beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the reference material is not beside the repository")
    return folder
