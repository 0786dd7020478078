"""The days that an EDTF date can mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.dates import bounds


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2022-04-25", ("2022-04-25", "2022-04-25")),
        ("2022-02", ("2022-02-01", "2022-02-28")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2022", ("2022-01-01", "2022-12-31")),
        ("2022-07~", ("2022-07-01", "2022-07-31")),
        ("2022-XX", ("2022-01-01", "2022-12-31")),
        ("2022-07-XX", ("2022-07-01", "2022-07-31")),
        ("2022-04-25/2022-05-31", ("2022-04-25", "2022-05-31")),
        ("2021-09/..", ("2021-09-01", "9999-12-31")),
        ("../2021-09", ("0001-01-01", "2021-09-30")),
        *[
            (bad, (None, None))
            for bad in (
                None, "", "soon", "2022-13", "2022-02-30", "2022-00", "2022-04-00", "0000",
                "2022-05/2022-04", "2022/2023/2024", "2022-4-5", "30/6/2022", "/soon",
            )
        ],
    ],
)  # fmt: skip
def test_bounds(edtf: str | None, expected: tuple[str | None, str | None]) -> None:
    assert bounds(edtf) == expected


@given(st.text(alphabet="0123456789-/.X~?", max_size=24))
def test_bounds_are_in_order_or_absent(edtf: str) -> None:
    first, last = bounds(edtf)
    assert (first is None) == (last is None)
    assert first is None or last is None or first <= last
