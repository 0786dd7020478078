"""Many ask at once while somebody writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.testclient import TestClient

from pipeline.archive import Archive
from tests.archive.strategies import full_directive, page, source


def test_answers_in_parallel_are_those_of_one_after_another(local: TestClient) -> None:
    paths = ["/directives", "/directives/d-full", "/targets", "/search?q=sang+kien", "/counts",
             "/directives/d-private", "/exports/directives.jsonl", "/findings"]  # fmt: skip
    alone = {path: local.get(path).content for path in paths}

    def ask(path: str) -> tuple[str, int, bytes]:
        answer = local.get(path)
        return path, answer.status_code, answer.content

    with ThreadPoolExecutor(12) as pool:
        for path, status, content in pool.map(ask, paths * 10):
            assert status == 200
            assert content == alone[path]


def test_readers_see_whole_records_while_one_is_written(
    archive: Archive, local: TestClient
) -> None:
    """Each answer is the record before a change or after it, never part of both."""
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/moving.pdf", source("moving"))

    def write(turn: int) -> None:
        made = full_directive("moving")
        made = made.model_copy(
            update={
                "subject": made.subject.model_copy(update={"value": f"lần {turn}"}),
                "targets": made.targets[:1] * (turn + 1),
            }
        )
        archive.put_directive(made, [page(f"lần {turn}")], result_key="k", run_id=run_id)

    write(0)

    def read(_: Any) -> tuple[str, int]:
        answer = local.get("/directives/d-moving")
        assert answer.status_code == 200, answer.text
        record = answer.json()
        return record["subject"]["value"], len(record["targets"])

    with ThreadPoolExecutor(9) as pool:
        reads = [pool.submit(read, n) for n in range(60)]
        for turn in range(1, 8):
            write(turn)
        seen = {future.result() for future in reads}
    assert seen <= {(f"lần {turn}", turn + 1) for turn in range(8)}
    assert read(0) == ("lần 7", 8)
