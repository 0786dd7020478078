"""Handwritten serials and days of the real scans under the names that their office kept them by.

The names are witnesses as any other: some mislead. What counts as enough evidence is told from the
truth and not from our own verdict: at least two witnesses of different origin name the true value
(the file's name; a reading by either engine; for the day, a digital signature of that day or of
one of the three after it; another document that cites it). Of these the figure is taken.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.common import need_shared, scratch, share, show
from models.directive import Directive, FieldValue
from models.source import SourceDocument
from models.text import PageText
from pipeline import run
from pipeline.archive import Archive
from pipeline.extract import extract
from pipeline.extract.fusion import Scene, look
from pipeline.extract.fusion_names import clue_of_name
from pipeline.extract.handwriting import agreement
from pipeline.settings import ExtractSettings, Settings

#: A signature speaks for a day that lies at most so many days before it.
_SIGNED_SOON = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """One handwritten slot: what came of it, the truth, and who names the truth."""

    document: str
    kind: str
    found: FieldValue
    truth: str
    witnesses: frozenset[str]

    @property
    def accepted(self) -> bool:
        return self.found.status == "accepted"

    @property
    def right(self) -> bool:
        return self.found.value == self.truth

    @property
    def suffices(self) -> bool:
        return len(self.witnesses) >= 2


def under_office_names(archive: Path) -> dict[str, Any]:
    """Read the scans once more under their office's names; what was read is taken from
    ``archive``, where they lie under neutral ones."""
    folder = need_shared() / "scans"
    names: dict[str, str] = json.loads((folder / "names.json").read_text("utf-8"))
    with scratch() as work:
        (work / "files").mkdir()
        for neutral, name in names.items():
            shutil.copyfile(folder / neutral, work / "files" / name)
        shutil.copytree(archive / "results", work / "archive" / "results", copy_function=os.link)
        with Archive.open(work / "archive", create=True) as named:
            run.ingest([work / "files"], named, Settings())
            slots = list(_slots(named, {name: neutral for neutral, name in names.items()}))
    return _report(slots)


def _slots(archive: Archive, neutral: dict[str, str]) -> Iterator[Slot]:
    gold_folder = need_shared() / "scans" / "gold"
    directives = list(archive.directives())
    for directive in directives:
        name = Path(directive.source.path).name
        gold_path = gold_folder / f"{Path(neutral[name]).stem}.json"
        gold = json.loads(gold_path.read_text("utf-8"))
        source = archive.source(directive.source.sha256)
        if source is None:
            continue
        others = [d for d in directives if d.id != directive.id]
        seen = _Seen(name, source, archive.pages(directive.id), others, gold)
        if gold["number_handwritten"]:
            truth = gold["number"].split("/", 1)[0]
            yield Slot(name, "serial", directive.serial, truth, seen.of_serial(truth))
        if gold["date_handwritten"]:
            yield Slot(name, "day", directive.issued, gold["date"], seen.of_day(gold["date"]))


@dataclass(frozen=True)
class _Seen:
    """What there is to tell a document's slots by."""

    name: str
    source: SourceDocument
    pages: list[PageText]
    others: list[Directive]
    gold: dict[str, Any]

    def _scene(self) -> Scene:
        settings = ExtractSettings()
        return look(extract(self.source, self.pages, settings), self.pages, settings)

    def of_serial(self, truth: str) -> frozenset[str]:
        """Who names the true serial."""
        out = {"cited"} if any(self._cited()) else set()
        clue = clue_of_name(self.name, self.gold["number"].split("/", 1)[1])
        if clue is not None and clue.serial == int(truth):
            out.add("name")
        if any(agreement(r.digits, int(truth)) == "exact" for r in self._scene().serials):
            out.add("reading")
        return frozenset(out)

    def of_day(self, truth: str) -> frozenset[str]:
        """Who names the true day."""
        out = {"cited"} if truth in self._cited() else set()
        day = date.fromisoformat(truth)
        signed = [date.fromisoformat(s.signed_at[:10]) for s in self.source.signatures
                  if s.signed_at]  # fmt: skip
        if signed and 0 <= (min(signed) - day).days <= _SIGNED_SOON:
            out.add("signature")
        if any(agreement(r.digits, day.day, 2) == "exact" for r in self._scene().days):
            out.add("reading")
        return frozenset(out)

    def _cited(self) -> list[str]:
        """The dates under which others cite this number."""
        cited = (c for other in self.others for c in other.citations)
        return [c.issued.value or "" for c in cited if c.number.value == self.gold["number"]]


def _report(slots: list[Slot]) -> dict[str, Any]:
    rows: list[list[Any]] = []
    figures: dict[str, Any] = {}
    for kind in ("serial", "day", "together"):
        those = [s for s in slots if kind in (s.kind, "together")]
        enough = [s for s in those if s.suffices]
        taken = sum(s.accepted and s.right for s in enough)
        figures[kind] = {
            "written": len(those),
            "evidence_suffices": len(enough),
            "of_these_accepted_and_right": taken,
            "percent": share(taken, len(enough)),
            "accepted_in_all": sum(s.accepted for s in those),
            "wrong_accepted": sum(s.accepted and not s.right for s in those),
        }
        rows.append([kind, *figures[kind].values()])
    columns = ["handwritten", "n", "evidence suffices", "accepted and right", "%",
               "accepted in all", "wrong accepted"]  # fmt: skip
    show("Real scans under their office's names", columns, rows)
    for slot in slots:
        if slot.accepted and not slot.right:
            print("WRONG ACCEPTED", slot.document, slot.kind, slot.found.value, slot.truth)
        elif not slot.accepted:
            said = ", ".join(sorted(slot.witnesses)) or "nobody"
            print(f"open: {slot.kind} {slot.truth}, named by {said}; {slot.found.rule}")
    return figures
