"""A citation without a number is found by its title, and accepted with it."""

from __future__ import annotations

import pytest

from models.decision import Decision
from models.directive import Citation, FieldStatus
from models.finding import Evidence
from pipeline import check
from pipeline.archive import Archive
from pipeline.reviewing import Guided
from pipeline.settings import Settings
from tests.archive.strategies import directive, field, page, source


@pytest.mark.parametrize("status", ["review", "accepted"])
@pytest.mark.parametrize(
    ("path", "action"), [("citations/0", "accept"), ("citations/0/title", "accept")]
)
def test_an_accepted_citation_by_title_needs_no_look(
    archive: Archive, status: FieldStatus, path: str, action: str
) -> None:
    settings = Settings()
    archive.guidance = Guided(settings)
    law = "Luật Công đoàn năm 2012"
    cited = Citation(
        title=field(law, status=status, confidence=0.8), evidence=(Evidence(page=1, text=law),)
    )
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/one.pdf", source("one"))
    made = directive("one", number="12/KH-LĐLĐ", citations=(cited,))
    pages = [page(f"Căn cứ {law}")]
    made = check.check(made, pages, settings.check)
    archive.put_directive(made, pages, result_key="k", run_id=run_id)
    why = "citations: 1 of 1 uncertain"
    assert why in archive.get(made.id).review.reasons
    one = Decision.model_validate({"path": path, "action": action})
    done = archive.review(made.id, [one], by="Người soát A", expected=None)
    stands = archive.get(made.id)
    assert why not in stands.review.reasons
    assert stands.citations[0].title.status == "accepted"
    archive.undo(done.decisions[0].id, by="Người soát A")
    assert why in archive.get(made.id).review.reasons
