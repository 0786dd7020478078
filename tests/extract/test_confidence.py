"""Confidences of read values are probabilities: they rise, stay in bounds, and are lower bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Directive, Target
from pipeline.extract.confidence import calibrated, kind_of, table
from tests.extract.builders import PLAN, ocr_page, read, read_pages

KINDS = sorted(table()["kinds"])
OWN = "- 100% Công đoàn cơ sở xây dựng kế hoạch.\n"
CLAIM = PLAN.replace(OWN, "Phấn đấu kết nạp mới 1.234 đoàn viên.\n")


@given(st.sampled_from(KINDS), st.floats(0, 1), st.floats(0, 1))
def test_a_surer_rule_is_never_less_probable(kind: str, one: float, two: float) -> None:
    low, high = (calibrated(kind, x) for x in sorted((one, two)))
    assert low is not None
    assert high is not None
    assert 0 <= low <= high < 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_curve_says_more_than_its_counts_allow(kind: str) -> None:
    """With ``n`` of ``n`` right the tenth percentile is some 1 - 1.35 / n."""
    count, right = table()["counts"][kind]
    assert count >= 50
    assert max(p for _, p in table()["kinds"][kind]) <= 1 - 1.2 / count
    assert right <= count
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(table()["kinds"][kind]))


def test_a_rule_is_of_the_longest_kind_that_it_begins_with() -> None:
    assert kind_of("target.quota") == "target"
    assert kind_of("citation.number.d_restored") == "citation.number"
    assert kind_of("citation.numbers") is None
    assert kind_of("header.date.month_only") is None


def claim(found: Directive) -> Target:
    return next(t for t in found.targets if t.value == 1234)


def scanned(confidence: float) -> Target:
    return claim(read_pages(ocr_page(("body", CLAIM), confidence=confidence)))


def test_only_what_an_engine_read_is_judged_by_the_curves() -> None:
    typed, sure = claim(read(CLAIM)), scanned(1.0)
    assert sure.status == "accepted"
    assert sure.confidence == calibrated("target.quota", typed.confidence) != typed.confidence


def test_a_blurred_claim_is_left_to_review() -> None:
    assert scanned(0.3).status == "review"
