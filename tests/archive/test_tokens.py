"""Tokens of the server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archive import Archive, patience
from pipeline.archive.schema import tokens
from pipeline.archive.stored import records
from pipeline.errors import NotFound, TooSlow, UsageProblem
from tests.archive.strategies import full_directive, page, source


def test_a_token_is_known_by_itself_and_kept_nowhere(archive: Archive, root: Path) -> None:
    row, secret = archive.add_token("reporting", "read")
    assert archive.check_token(secret) == row
    assert archive.listed_tokens() == [row]
    archive.close()
    for file in root.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()
            assert secret.removeprefix("vanthu_").encode() not in file.read_bytes()


def test_two_tokens_are_never_the_same(archive: Archive) -> None:
    secrets = {archive.add_token("x", "read")[1] for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(secret) == 50 for secret in secrets)


def test_a_revoked_token_is_nobodys(archive: Archive) -> None:
    row, secret = archive.add_token("x", "admin")
    revoked = archive.revoke_token(row.id)
    assert revoked.revoked_at is not None
    assert archive.check_token(secret) is None
    assert archive.revoke_token(row.id) == revoked, "once more changes nothing"


def test_a_token_past_its_days_is_nobodys(archive: Archive) -> None:
    row, secret = archive.add_token("x", "review", days=1)
    assert archive.check_token(secret) is not None
    with archive._database.write() as connection:
        connection.execute(tokens.update().values(expires_at=row.created_at))
    assert archive.check_token(secret) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=300))
def test_no_text_is_a_token(archive: Archive, text: str) -> None:
    assert archive.check_token(text) is None


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x1b[31m", "x" * 201])
def test_a_token_needs_a_name_that_can_be_shown(archive: Archive, name: str) -> None:
    with pytest.raises(UsageProblem):
        archive.add_token(name, "read")


def test_what_cannot_be_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageProblem, match="scope"):
        archive.add_token("x", "root")  # type: ignore[arg-type]
    with pytest.raises(UsageProblem, match="days"):
        archive.add_token("x", "read", days=10**9)
    for number in (-1, 0, 7, 2**70):
        with pytest.raises(NotFound):
            archive.revoke_token(number)
    assert archive.listed_tokens() == []


def test_a_record_is_passed_on_as_it_would_be_written(archive: Archive, run_id: int) -> None:
    for path in ('in/"quoted"\\ \t\x01.pdf', "in/đầu.pdf", "in/z.pdf"):
        archive.record_source(path, source("full"))
    archive.put_directive(full_directive(), [page("chữ")], result_key="k", run_id=run_id)
    (stored,) = archive.read(lambda c: records(c, limit=5))
    assert stored.json == archive.get("d-full").model_dump_json(by_alias=True)
    assert len(stored.paths) == 3


def test_a_question_ends_when_its_time_is_over(archive: Archive) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(TooSlow), patience.within(0.05):
        archive.read(lambda c: c.exec_driver_sql(endless).scalar())
    assert archive.counts()["directives"] == 0, "outside, questions take as long as they take"


def test_time_that_is_left_is_never_negative() -> None:
    assert patience.seconds_left() is None
    with patience.within(0.001):
        time.sleep(0.002)
        assert patience.seconds_left() == 0
    assert patience.seconds_left() is None
