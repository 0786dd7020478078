"""The server keeps what its own description promises, whatever is asked.

Requests are made from the OpenAPI description, good ones and bad ones, and answers are held against
it: no server error, no status, media type or body that is not described. The application is asked
in process; the seed is fixed, so that a failure can be seen again.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from models.decision import Decision
from pipeline.archive import Archive
from pipeline.serve import create_app
from pipeline.serve.intake import Job
from pipeline.serving import Served
from pipeline.serving_intake import Taking
from pipeline.serving_jobs import Work
from pipeline.settings import ServeSettings, Settings
from tests.archive.strategies import failure
from tests.serve.conftest import API, put_twins

#: Good requests for each operation, and as many bad ones.
_EACH = 36
_LEAST = 2000
#: Fields that some of the documents have, and places that none has.
_FIELDS: Final = ("number", "number", "targets.0", "findings.0", "signer.name", "source.path")
#: Of a document that is there, that several have, that is only cited.
_NUMBERS: Final = ("120/LĐLĐ", "9/TB", "3259/ctr-tlđ")
_DECISIONS: Final = (
    {"path": "place", "action": "correct", "value": "Cà Mau"},
    {"path": "issued", "action": "correct", "value": "30/2/2022"},
    {"path": "number", "action": "accept"},
    {"path": "recipients", "action": "add", "value": "Ban Tổ chức"},
    {"path": "recipients/0", "action": "remove"},
)
#: More than all of it could ask for.
_SETTINGS: Final = ServeSettings(
    requests_per_minute=10**9,
    burst_requests=10**9,
    allowed_hosts=("testserver",),
    request_seconds=120,  # a busy machine is no server error
    url_bytes=10**6,  # addresses that are too long are refused before anybody reads them
)


@pytest.mark.slow
def test_no_request_meets_a_server_error_or_an_answer_that_is_not_described(
    filled_once: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled_once, tmp_path / "archive")  # decisions are written to it
    with Archive.open(tmp_path / "archive") as archive:
        put_twins(archive)
        learned = Decision(path="symbol", action="correct", value="KH-LĐLĐ")
        archive.review("d-full", [learned], by="Lan", expected=None)  # decision 1, entry 1
        served = Served(archive, Settings())
        # Takes files in and ingests nothing: its worker is not begun.
        taking = Taking(archive, Settings(serve=_SETTINGS), archive.where)
        here = tmp_path / "here.pdf"
        here.write_bytes(b"x")
        archive.quarantine("in/here.pdf", failure("timeout"), sha256=None, run_id=1, location=here)
        try:
            app = create_app(served, _SETTINGS, intake=taking)
            schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app)
            # The one text that is refused whatever it is for: see test_problems.
            schema.config.generation.allow_x00 = False
            _all_operations(schema, archive, taking)
        finally:
            served.close()
            taking.close()


def _all_operations(schema: Any, archive: Archive, taking: Taking) -> None:
    ids = [row.id for row in archive.list()]
    asked: Counter[tuple[str, int]] = Counter()

    def ask(case: Any, mode: GenerationMode, data: st.DataObject) -> None:
        if mode == GenerationMode.POSITIVE:
            # A cursor is opaque: only the server makes a good one (see test_paging).
            for name in ("cursor", "since"):
                (case.query or {}).pop(name, None)
            # Ids of documents that are there: guessed ones would all end at the same 404.
            if "id" in (case.path_parameters or {}) and data.draw(st.integers(0, 9)):
                case.path_parameters["id"] = data.draw(st.sampled_from(ids))
                if "field" in case.path_parameters:
                    case.path_parameters["field"] = data.draw(st.sampled_from(_FIELDS))
                if "position" in case.path_parameters and data.draw(st.booleans()):
                    case.path_parameters["position"] = 0
                if "page" in case.path_parameters and data.draw(st.booleans()):
                    case.path_parameters["page"] = 1
            if "merge_id" in (case.path_parameters or {}) and data.draw(st.integers(0, 9)):
                case.path_parameters["merge_id"] = 1
            for name in ("decision_id", "entry_id"):
                if name in (case.path_parameters or {}) and data.draw(st.integers(0, 9)):
                    case.path_parameters[name] = 1
            id_ = (case.path_parameters or {}).get("id")
            if isinstance(case.body, dict) and "expected" in case.body and id_ in ids:
                if data.draw(st.integers(0, 9)):  # what was looked at
                    case.body["expected"] = archive.version(id_).change_seq
                if "decisions" in case.body and data.draw(st.booleans()):
                    case.body["decisions"] = [data.draw(st.sampled_from(_DECISIONS))]
            _sent_files(case, taking, data)
            if "document" in (case.query or {}) and data.draw(st.booleans()):
                case.query["document"] = data.draw(st.sampled_from(_NUMBERS))
        answer = case.call()
        asked[case.operation.label, answer.status_code] += 1
        case.validate_response(answer)

    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode == GenerationMode.NEGATIVE and not any(operation.iter_parameters()):
                continue  # nothing of it can be wrong
            _exercise(operation.as_strategy(generation_mode=mode), mode, ask)
    assert sum(asked.values()) >= _LEAST
    answered = {label for (label, status), _ in asked.items() if status in (200, 206)}
    assert answered == {result.ok().label for result in schema.get_all_operations()}
    print(sum(asked.values()), Counter(status for _, status in asked.elements()))


def _sent_files(case: Any, taking: Taking, data: st.DataObject) -> None:
    """Uploads, jobs, runs and files in quarantine that are there: no guess would meet them."""
    places = case.path_parameters or {}
    if "upload" in places and data.draw(st.integers(0, 9)):
        places["upload"] = taking.begin()
    if "job" in places and data.draw(st.integers(0, 9)):
        failed = Job("retry-1", "retry", "failed", 1, "2026-03-02T08:15:00Z", "exit 6")
        taking._failed.append(Work(failed))
        places["job"] = failed.id
    if "run_id" in places and data.draw(st.booleans()):
        places["run_id"] = 1
    if isinstance(case.body, dict) and "category" in case.body and data.draw(st.booleans()):
        case.body = {"path": "in/here.pdf"}


def _exercise(cases: Any, mode: GenerationMode, ask: Any) -> None:
    @seed(20220425)
    @settings(
        max_examples=_EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, data=st.data())
    def exercised(case: Any, data: st.DataObject) -> None:
        ask(case, mode, data)

    exercised()
