"""The repairer with the shipped model, loaded once."""

from __future__ import annotations

import pytest

from pipeline import repair
from pipeline.repair import Repairer
from pipeline.settings import RepairSettings


@pytest.fixture(scope="session")
def repairer() -> Repairer:
    return repair.load(RepairSettings())


@pytest.fixture(scope="session")
def bold_repairer() -> Repairer:
    """Applies its best guess however unsure, so that the properties are tried hardest."""
    return repair.load(RepairSettings(min_probability=0.0))
