"""When a document came, and what changed it since."""

from __future__ import annotations

import pytest

from pipeline.archive import Archive
from pipeline.errors import NotFound
from tests.archive.conftest import Put
from tests.archive.strategies import field


def test_every_change_of_a_directive_is_told_in_order(archive: Archive, put: Put) -> None:
    first = put("a")
    put("b")
    put("a")  # the same again is no change
    put("a", subject=field("another"))
    seen, changes = archive.provenance(first.id)
    assert [change.change for change in changes] == ["created", "changed"]
    assert {(change.actor, change.version) for change in changes} == {("machine", "0.1.0")}
    times = [seen, *(change.at for change in changes)]
    assert times == sorted(times)
    assert all(time.endswith("Z") for time in times)


def test_a_document_that_is_not_there_has_no_history(archive: Archive) -> None:
    with pytest.raises(NotFound):
        archive.provenance("d-none")
