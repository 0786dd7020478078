"""What the benchmark of pages tells of times, and that it forgets no part of the dashboard."""

from __future__ import annotations

import pytest

from benchmarks.pages import asked, quantile
from pipeline.serve.web.dashboard import PANELS


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 10.0), (0.95, 19.0), (1.0, 20.0), (0.01, 1.0)]
)
def test_a_quantile_is_a_time_that_was_measured(share: float, expected: float) -> None:
    assert quantile([float(n) for n in range(20, 0, -1)], share) == expected


def test_every_part_of_the_dashboard_is_asked_for() -> None:
    paths = {page.path for page in asked("d-1")}
    assert {f"/dashboard/{name}" for name in PANELS} < paths
