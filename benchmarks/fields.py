"""Fields against gold: real scans, real documents as text, and the samples' exact truth."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from benchmarks.common import ROOT, comparable, need_shared, same, scratch, share, show, write
from models.directive import Directive, FieldValue
from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import Settings


@dataclass
class Score:
    """Right, wrong and open values of one field; ``wrong_accepted`` is the worst defect."""

    right: int = 0
    wrong: int = 0
    open: int = 0
    accepted: int = 0
    wrong_accepted: list[str] = field(default_factory=list)

    def add(self, where: str, found: FieldValue, right: bool, gold: str | None) -> None:
        accepted = found.status == "accepted"
        self.accepted += accepted
        if found.value is None and gold is not None:
            self.open += 1
        elif right:
            self.right += 1
        else:
            self.wrong += 1
            if accepted:
                self.wrong_accepted.append(f"{where}: {found.value!r} for {gold!r}")

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.open


@dataclass
class Pairs:
    """Found, expected and common items of a list field."""

    found: int = 0
    expected: int = 0
    common: int = 0
    dated: int = 0

    @property
    def f1(self) -> float | None:
        total = self.found + self.expected
        return round(2 * self.common / total, 3) if total else None


def archive_of(folder: Path, files: Iterable[Path]) -> dict[str, Directive]:
    """Directives by file name; fails where one is missing."""
    with Archive.open(folder / "archive", create=True) as archive:
        report = run.ingest(list(files), archive, Settings())
        print(f"{report.archived} archived, {report.left_out} left out, {report.seconds:.0f} s")
        return {Path(d.source.path).name: d for d in archive.directives()}


def subject_right(found: str | None, gold: str | None) -> bool:
    """Within 5 % of characters, 'V/v' and 'Về việc' apart (the gold keeps them)."""
    prefix = re.compile(r"^(v/v|về việc|v v)\s*:?\s*", re.IGNORECASE)
    one, other = (comparable(prefix.sub("", t or "")) for t in (found, gold))
    return Levenshtein.normalized_distance(one, other) <= 0.05


def issuer_right(found: Directive, label: str) -> bool:
    """Whether issuer and parent together say what the publisher's label says.

    A label may name the place for its People's Committee ("Thành phố Cần Thơ") or add the place
    that the parent's line bears ("Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh").
    """
    printed = comparable(f"{found.issuer.value} {found.parent_issuer.value}").split()
    wanted = comparable(label).split()
    return found.issuer.value is not None and set(wanted) <= set(printed)


def overlap(found: list[str], gold: list[str], pairs: Pairs) -> None:
    """Items count as the same within 10 % of characters."""
    pairs.found += len(found)
    pairs.expected += len(gold)
    left = [comparable(g) for g in gold]
    for item in found:
        text = comparable(item)
        best = min(left, key=lambda g: Levenshtein.normalized_distance(text, g), default=None)
        if best is not None and Levenshtein.normalized_distance(text, best) <= 0.1:
            left.remove(best)
            pairs.common += 1


def _month(value: str | None) -> str | None:
    return value[:7] if value else None


def _serial(value: str | None) -> str | None:
    match = re.match(r"\d+[a-zđ]?", value or "")
    return match[0] if match else None


def _symbol(value: str | None) -> str | None:
    return re.sub(r"^\d+[a-zđ]?\s*", "", value).lstrip("/-") if value else None


def scans() -> dict[str, Any]:
    """The twelve real scans under neutral names."""
    folder = need_shared() / "scans"
    scores: dict[str, Score] = {}
    lists = {k: Pairs() for k in ("recipients", "copied_to", "citations", "deadlines")}
    with scratch() as work:
        directives = archive_of(work, sorted(folder.glob("*.pdf")))
    for path in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        found = directives[gold["file"]]
        _score_scan(path.stem, found, gold, scores)
        overlap([r.value or "" for r in found.recipients], gold["recipients"], lists["recipients"])
        overlap([r.value or "" for r in found.copied_to], gold["copied_to"], lists["copied_to"])
        _citations(found, gold, lists["citations"])
        _deadlines(found, gold, lists["deadlines"])
    return _report("Real scans (12)", scores, lists)


def _score_scan(
    name: str, found: Directive, gold: dict[str, Any], scores: dict[str, Score]
) -> None:
    def add(key: str, value: FieldValue, right: bool, expected: str | None) -> None:
        scores.setdefault(key, Score()).add(f"{name} {key}", value, right, expected)

    number, issued = found.number, found.issued
    add(
        "serial",
        found.serial,
        found.serial.value == _serial(gold["number"]),
        _serial(gold["number"]),
    )
    symbol = _symbol(gold["number"])
    add("symbol", found.symbol, same(found.symbol.value, symbol), symbol)
    add("number", number, same(number.value, gold["number"]), gold["number"])
    month = _month(gold["date"])
    monthly = issued.model_copy(update={"value": _month(issued.value)})
    add("month", monthly, monthly.value == month, month)
    add("date", issued, issued.value == gold["date"], gold["date"])
    add("place", found.place, same(found.place.value, gold["place"]), gold["place"])
    for key, gold_key in (("doc_type", "doc_type"), ("issuer", "issuing_body")):
        value = getattr(found, key)
        add(key, value, same(value.value, gold[gold_key]), gold[gold_key])
    add(
        "subject",
        found.subject,
        subject_right(found.subject.value, gold["subject"]),
        gold["subject"],
    )
    signer = found.signer.name
    add("signer", signer, same(signer.value, gold["signer_name"]), gold["signer_name"])


def _citations(found: Directive, gold: dict[str, Any], pairs: Pairs) -> None:
    expected = {
        comparable(c["number"]): c["date"]
        for c in gold["citations"]
        if c.get("number") and not c.get("borderline") and not c.get("in_attachment")
    }
    ignored = {
        comparable(c["number"])
        for c in gold["citations"]
        if c.get("number") and (c.get("borderline") or c.get("in_attachment"))
    }
    ours = {comparable(c.number.value): c.issued.value for c in found.citations if c.number.value}
    ours = {k: v for k, v in ours.items() if k not in ignored}
    common = ours.keys() & expected.keys()
    pairs.found += len(ours)
    pairs.expected += len(expected)
    pairs.common += len(common)
    pairs.dated += sum(1 for k in common if ours[k] == expected[k])


def _deadlines(found: Directive, gold: dict[str, Any], pairs: Pairs) -> None:
    counting = [d for d in gold["deadlines"] if not d.get("borderline")]
    neutral = Counter(d["date"] for d in gold["deadlines"] if d.get("borderline"))
    expected = Counter(d["date"] for d in counting)
    ours = Counter(d.date or d.recurrence or "" for d in found.deadlines)
    ours -= neutral
    pairs.found += ours.total()
    pairs.expected += expected.total()
    pairs.common += (ours & expected).total()


def documents() -> dict[str, Any]:
    """Forty documents as text with their publisher's labels."""
    folder = need_shared() / "documents"
    labels = [
        json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()
    ]
    scores: dict[str, Score] = {}
    with scratch() as work:
        directives = archive_of(work, [folder / label["file"] for label in labels])
    checks: tuple[tuple[str, str, Callable[[str | None, str | None], bool]], ...] = (
        ("number", "number", same),
        ("issued", "date", lambda a, b: a == b),
        ("doc_type", "doc_type", same),
    )
    for label in labels:
        found = directives[label["file"]]
        for key, gold_key, right in checks:
            value = getattr(found, key)
            scores.setdefault(key, Score()).add(
                f"{label['file']} {key}",
                value,
                right(value.value, label[gold_key]),
                label[gold_key],
            )
        scores.setdefault("issuer", Score()).add(
            f"{label['file']} issuer",
            found.issuer,
            issuer_right(found, label["issuing_body"]),
            label["issuing_body"],
        )
        signer = found.signer.name
        scores.setdefault("signer", Score()).add(
            f"{label['file']} signer",
            signer,
            same(signer.value, label["signer_name"]),
            label["signer_name"],
        )
    return _report("Real documents as text (40)", scores, {})


def samples() -> dict[str, Any]:
    """The committed samples against their exact truth."""
    folder = ROOT / "samples"
    scores: dict[str, Score] = {}
    lists = {k: Pairs() for k in ("recipients", "copied_to", "citations")}
    with scratch() as work:
        directives = archive_of(work, [folder / "finished"])
    by_stem = {Path(name).stem: d for name, d in directives.items()}
    for path in sorted((folder / "truth").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        found = by_stem[path.name.removesuffix(".truth.json")]
        for key in ("number", "symbol", "place", "issued", "doc_type", "issuer", "subject"):
            value, gold = getattr(found, key), truth.get(key)
            right = (
                subject_right(value.value, gold) if key == "subject" else same(value.value, gold)
            )
            scores.setdefault(key, Score()).add(f"{path.stem} {key}", value, right, gold)
        signer, gold = found.signer.name, truth["signer"]["name"]
        scores.setdefault("signer", Score()).add(
            f"{path.stem} signer", signer, same(signer.value, gold), gold
        )
        overlap([r.value or "" for r in found.recipients], truth["recipients"], lists["recipients"])
        overlap([r.value or "" for r in found.copied_to], truth["copied_to"], lists["copied_to"])
        overlap(
            [c.number.value for c in found.citations if c.number.value],
            [c["number"] for c in truth["citations"] if c.get("number")],
            lists["citations"],
        )
    return _report("Samples with exact truth", scores, lists)


def _report(title: str, scores: dict[str, Score], lists: dict[str, Pairs]) -> dict[str, Any]:
    rows = [
        [k, s.right, s.wrong, s.open, share(s.right, s.total), s.accepted, len(s.wrong_accepted)]
        for k, s in scores.items()
    ]
    show(title, ["field", "right", "wrong", "open", "% right", "accepted", "wrong accepted"], rows)
    if lists:
        show(
            f"{title}: lists",
            ["field", "found", "expected", "common", "F1", "dates right"],
            [[k, p.found, p.expected, p.common, p.f1, p.dated or ""] for k, p in lists.items()],
        )
    wrong = [w for s in scores.values() for w in s.wrong_accepted]
    for line in wrong:
        print("WRONG ACCEPTED", line)
    return {
        "fields": {
            k: {
                "right": s.right, "wrong": s.wrong, "open": s.open, "accepted": s.accepted,
                "wrong_accepted": len(s.wrong_accepted), "percent_right": share(s.right, s.total),
            }
            for k, s in scores.items()
        },
        "lists": {k: {"found": p.found, "expected": p.expected, "common": p.common, "f1": p.f1}
                  for k, p in lists.items()},
        "wrong_accepted": len(wrong),
    }  # fmt: skip


def main() -> None:
    write("fields", {"documents": documents(), "samples": samples(), "scans": scans()})
