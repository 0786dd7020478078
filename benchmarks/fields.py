"""Extraction against gold: real scans, real documents as text, the samples' truth and the seeds.

Fields, lists, citations with their dates, targets and deadlines; how accuracy grows as less is
accepted; findings by kind; and what extraction and checks cost a page.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, comparable, need_shared, same, scratch, share, show, write
from benchmarks.handwriting import under_office_names
from benchmarks.scores import (
    Claim,
    Judged,
    Pairs,
    Score,
    bare_subject,
    issuer_right,
    overlap,
    subject_right,
)
from models.directive import Deadline, Directive, FieldValue, Target
from models.source import SourceDocument
from models.text import PageText
from pipeline import run
from pipeline.archive import Archive
from pipeline.check import check
from pipeline.extract import extract
from pipeline.settings import Settings

SEEDS = ROOT / "tests" / "extract" / "data" / "seeds.json"
#: A typed A4 page of a text file, which has no pages of its own.
_CHARACTERS_A_PAGE = 2500
_TEXT_FIELDS = (
    "issuer", "parent_issuer", "number", "serial", "symbol", "place", "issued", "doc_type",
)  # fmt: skip


@dataclass
class Set:
    """One body of documents: what was read, and what came of it."""

    title: str
    scores: dict[str, Score] = field(default_factory=dict)
    lists: dict[str, Pairs] = field(default_factory=dict)
    findings: Counter[str] = field(default_factory=Counter)
    pages: float = 0.0
    seconds: float = 0.0

    def score(self, key: str) -> Score:
        return self.scores.setdefault(key, Score())

    def pairs(self, key: str) -> Pairs:
        return self.lists.setdefault(key, Pairs())

    def read(self, files: Iterable[Path], kept: Path | None = None) -> dict[str, Directive]:
        """Directives by file name; fails where one is missing. ``kept``: an archive to keep."""
        with scratch() as work, Archive.open(kept or work / "archive", create=True) as archive:
            report = run.ingest(list(files), archive, Settings())
            print(f"{report.archived} archived, {report.left_out} left out, {report.seconds:.0f} s")
            directives = list(archive.directives())
            for directive in directives:
                source = archive.source(directive.source.sha256)
                if source is not None:
                    self._time(source, archive.pages(directive.id))
                self.findings.update({f.code for f in directive.findings})
        return {Path(d.source.path).name: d for d in directives}

    def _time(self, source: SourceDocument, pages: list[PageText]) -> None:
        """What extraction and checks take again, in processor time."""
        settings = Settings()
        began = time.process_time()
        check(extract(source, pages, settings.extract), pages, settings.check)
        self.seconds += time.process_time() - began
        if source.kind == "text":
            characters = sum(len(line.text) for page in pages for _, line in page.lines())
            self.pages += max(1.0, characters / _CHARACTERS_A_PAGE)
        else:
            self.pages += len(pages)

    @property
    def milliseconds_a_page(self) -> float:
        return round(1000 * self.seconds / self.pages, 1) if self.pages else 0.0


def _month(value: str | None) -> str | None:
    return value[:7] if value else None


def _serial(value: str | None) -> str | None:
    match = re.match(r"\d+[a-zđ]?", value or "")
    return match[0] if match else None


def _symbol(value: str | None) -> str | None:
    return re.sub(r"^\d+[a-zđ]?\s*", "", value).lstrip("/-") if value else None


def target_key(target: Target | dict[str, Any]) -> str:
    """Kind, value, comparator and unit: all must be right."""
    found = target.model_dump() if isinstance(target, Target) else target
    value = found.get("value")
    figure = "" if value is None else f"{value:g}"
    unit = comparable(found.get("unit")) if found.get("unit") != "%" else "%"
    return f"{found['kind']} {found['comparator']}{figure} {unit}".strip()


def deadline_key(deadline: Deadline | dict[str, Any], *, operator: bool) -> str:
    """The date or the recurrence, with the operator where the reference has one."""
    found = deadline.model_dump() if isinstance(deadline, Deadline) else deadline
    when = found.get("date") or found.get("recurrence") or ""
    return f"{when} {found['operator']}" if operator else when


def _claims(items: Iterable[Target | Deadline], key: Callable[[Any], str]) -> list[Claim]:
    return [
        Claim(key(i), i.confidence, i.status == "accepted", rule_of(i),
              any(e.origin == "ocr" for e in i.evidence[:1]))
        for i in items
    ]  # fmt: skip


def rule_of(item: Target | Deadline) -> str:
    """Claims bear no rule: their kind stands for it."""
    return f"target.{item.kind}" if isinstance(item, Target) else f"deadline.{item.operator}"


def scans(kept: Path | None = None) -> Set:
    """The twelve real scans under neutral names."""
    folder = need_shared() / "scans"
    out = Set("Real scans (12)")
    return score_scans(out.read(sorted(folder.glob("*.pdf")), kept), out)


def score_scans(directives: dict[str, Directive], out: Set) -> Set:
    """The scans' directives, by file name, against the gold."""
    folder = need_shared() / "scans"
    for path in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        found = directives[gold["file"]]
        _score_scan(path.stem, found, gold, out)
        for key in ("recipients", "copied_to"):
            overlap(getattr(found, key), gold[key], out.pairs(key), path.stem)
        borderline = {
            comparable(c["number"])
            for c in gold["citations"]
            if c.get("number") and (c.get("borderline") or c.get("in_attachment"))
        }
        wanted = [c for c in gold["citations"] if c.get("number")]
        _citations(path.stem, found, wanted, out.pairs("citations"), "date", borderline)
        _scan_deadlines(path.stem, found, gold, out.pairs("deadlines"))
        _scan_targets(path.stem, found, gold, out.pairs("targets"))
    return out


def _score_scan(name: str, found: Directive, gold: dict[str, Any], out: Set) -> None:
    def add(key: str, value: FieldValue, right: bool, expected: str | None) -> None:
        out.score(key).add(f"{name} {key}", value, right, expected)

    number, issued = found.number, found.issued
    serial, symbol = _serial(gold["number"]), _symbol(gold["number"])
    add("serial", found.serial, found.serial.value == serial, serial)
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
    right = subject_right(found.subject.value, gold["subject"])
    exact = bare_subject(found.subject.value) == bare_subject(gold["subject"])
    out.score("subject").add(f"{name} subject", found.subject, right, gold["subject"], exact)
    signer = found.signer.name
    add("signer", signer, same(signer.value, gold["signer_name"]), gold["signer_name"])


def _citations(
    where: str,
    found: Directive,
    gold: list[dict[str, Any]],
    pairs: Pairs,
    date: str,
    ignored: frozenset[str] | set[str] = frozenset(),
) -> None:
    """By number; ``date`` names the reference's field with the date."""
    expected = {comparable(c["number"]): c.get(date) for c in gold}
    expected = {k: v for k, v in expected.items() if k not in ignored}
    ours = {comparable(c.number.value): c for c in found.citations if c.number.value}
    ours = {k: v for k, v in ours.items() if k not in ignored}
    claims = [
        Claim(k, c.number.confidence, c.number.status == "accepted", c.number.rule,
              any(e.origin == "ocr" for e in c.number.evidence[:1]))
        for k, c in ours.items()
    ]  # fmt: skip
    pairs.count(where, claims, expected)
    for key in ours.keys() & expected.keys():
        issued = ours[key].issued
        right = issued.value == expected[key]
        pairs.dated += right
        if issued.value is not None:
            pairs.judged.add(where, issued, right)
        if not right and issued.status == "accepted":
            pairs.wrong_accepted.append(f"{where}: {key} of {issued.value}, not {expected[key]}")


def _scan_deadlines(where: str, found: Directive, gold: dict[str, Any], pairs: Pairs) -> None:
    neutral = Counter(d["date"] for d in gold["deadlines"] if d.get("borderline"))
    expected = [d["date"] for d in gold["deadlines"] if not d.get("borderline")]
    claims = _claims(found.deadlines, lambda d: deadline_key(d, operator=False))
    kept = []
    for claim in claims:
        if neutral[claim.key] > 0:
            neutral[claim.key] -= 1
        else:
            kept.append(claim)
    pairs.count(where, kept, expected)


def _scan_targets(where: str, found: Directive, gold: dict[str, Any], pairs: Pairs) -> None:
    """The gold gives value, unit and comparator, no kind."""

    def key(target: Target | dict[str, Any]) -> str:
        made = target.model_dump() if isinstance(target, Target) else target
        return target_key(made | {"kind": ""})

    neutral = {key(t) for t in gold["targets"] if t.get("borderline")}
    expected = [key(t) for t in gold["targets"] if not t.get("borderline")]
    claims = [c for c in _claims(found.targets, key) if c.key not in neutral]
    pairs.count(where, claims, expected)


def documents() -> Set:
    """Forty documents as text with their publisher's labels."""
    folder = need_shared() / "documents"
    out = Set("Real documents as text (40)")
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    return score_documents(out.read([folder / label["file"] for label in labels]), out)


def score_documents(directives: dict[str, Directive], out: Set) -> Set:
    """The documents' directives, by file name, against the publisher's labels."""
    lines = (need_shared() / "documents" / "labels.jsonl").read_text("utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    checks: tuple[tuple[str, str, Callable[[str | None, str | None], bool]], ...] = (
        ("number", "number", same),
        ("issued", "date", lambda a, b: a == b),
        ("doc_type", "doc_type", same),
    )
    for label in labels:
        found, name = directives[label["file"]], label["file"]
        for key, gold_key, right in checks:
            value, gold = getattr(found, key), label[gold_key]
            out.score(key).add(f"{name} {key}", value, right(value.value, gold), gold)
        body, signer = label["issuing_body"], found.signer.name
        out.score("issuer").add(f"{name} issuer", found.issuer, issuer_right(found, body), body)
        gold = label["signer_name"]
        out.score("signer").add(f"{name} signer", signer, same(signer.value, gold), gold)
    return out


def samples() -> Set:
    """The committed samples against their exact truth."""
    folder = ROOT / "samples"
    out = Set("Samples with exact truth (12)")
    by_stem = {Path(name).stem: d for name, d in out.read([folder / "finished"]).items()}
    for path in sorted((folder / "truth").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        name = path.name.removesuffix(".truth.json")
        score_record(name, by_stem[name], truth, out)
    return out


def seeds() -> Set:
    """The five seeds against a reference read by eye."""
    folder = need_shared() / "seeds"
    out = Set("Seeds (5)")
    directives = out.read(sorted(folder.glob("*.txt")))
    reference = json.loads(SEEDS.read_text(encoding="utf-8"))["seeds"]
    for name, truth in sorted(reference.items()):
        found = next(d for file, d in directives.items() if file.startswith(f"{name}_"))
        score_record(f"seed {name}", found, truth, out)
        campaign = found.campaign.id if found.campaign else None
        made = FieldValue(value=campaign, confidence=1.0, status="accepted")
        out.score("campaign").add(f"seed {name}", made, campaign == truth["campaign"], "")
    return out


def score_record(name: str, found: Directive, truth: dict[str, Any], out: Set) -> None:
    """A whole record; a list of values in the truth means that each of them is right."""

    def add(key: str, value: FieldValue, gold: Any, right: Callable[..., bool] = same) -> None:
        options = gold if isinstance(gold, list) else [gold]
        exact = any(bare_subject(value.value) == bare_subject(g) for g in options)
        ok = any(
            value.value is None if g is None else value.value is not None and right(value.value, g)
            for g in options
        )
        if not ok or value.value is not None or options != [None]:
            expected = None if None in options else options[0]
            out.score(key).add(f"{name} {key}", value, ok, expected, ok and exact)

    for key in _TEXT_FIELDS:
        if key in truth:
            add(key, getattr(found, key), truth[key])
    add("subject", found.subject, truth["subject"], subject_right)
    for key in ("name", "authority", "position"):
        add(f"signer.{key}", getattr(found.signer, key), truth["signer"][key])
    for key in ("recipients", "copied_to"):
        overlap(getattr(found, key), truth[key], out.pairs(key), name)
    cited = [c for c in truth["citations"] if c.get("number")]
    _citations(name, found, cited, out.pairs("citations"), "issued")
    for gold in cited:
        ours = [c for c in found.citations if same(c.number.value, gold["number"])]
        for key in ("doc_type", "issuer"):
            if ours and gold.get(key):
                add(f"citation.{key}", getattr(ours[0], key), gold[key])
    expected = [target_key(t) for t in truth["targets"]]
    out.pairs("targets").count(name, _claims(found.targets, target_key), expected)

    def timed(deadline: Deadline | dict[str, Any]) -> str:
        return deadline_key(deadline, operator=True)

    dues = [timed(d) for d in truth["deadlines"]]
    out.pairs("deadlines").count(name, _claims(found.deadlines, timed), dues)


def _report(out: Set) -> dict[str, Any]:
    rows = [
        [k, s.right, s.wrong, s.open, share(s.right, s.total), s.accepted, len(s.wrong_accepted)]
        for k, s in out.scores.items()
    ]
    columns = ["field", "right", "wrong", "open", "% right", "accepted", "wrong accepted"]
    show(out.title, columns, rows)
    if out.lists:
        show(
            f"{out.title}: lists",
            ["field", "found", "expected", "common", "F1", "dates right", "wrong accepted"],
            [
                [k, p.found, p.expected, p.common, p.f1, p.dated or "", len(p.wrong_accepted)]
                for k, p in out.lists.items()
            ],
        )
    counted = [*out.scores.values(), *out.lists.values()]
    wrong = [w for one in counted for w in one.wrong_accepted]
    for line in wrong:
        print("WRONG ACCEPTED", line)
    for score in out.scores.values():
        for line in score.wrong_review:
            print("wrong, for review", line)
    for pairs in out.lists.values():
        for line in pairs.missed:
            print("missed", line)
        for line in pairs.spare:
            print("not in the reference, for review", line)
    found = ", ".join(f"{code} {n}" for code, n in sorted(out.findings.items()))
    print(f"Documents with each finding: {found or 'none'}")
    print(f"Extraction and checks: {out.milliseconds_a_page} ms a page\n")
    return {
        "fields": {
            k: {
                "right": s.right, "wrong": s.wrong, "open": s.open, "accepted": s.accepted,
                "wrong_accepted": len(s.wrong_accepted), "percent_right": share(s.right, s.total),
            }
            for k, s in out.scores.items()
        },
        "lists": {
            k: {
                "found": p.found, "expected": p.expected, "common": p.common, "f1": p.f1,
                "dates_right": p.dated, "wrong_accepted": len(p.wrong_accepted),
            }
            for k, p in out.lists.items()
        },
        "wrong_accepted": len(wrong),
        "documents_with_finding": dict(sorted(out.findings.items())),
        "milliseconds_a_page": out.milliseconds_a_page,
    }  # fmt: skip


def _calibration(sets: Iterable[Set]) -> list[dict[str, float | int | None]]:
    """Accuracy against the share accepted, over all sets and fields together."""
    every = Judged()
    for one in sets:
        for counted in (*one.scores.values(), *one.lists.values()):
            every.values += counted.judged.values
    names = ("threshold", "percent_accepted", "percent_right", "wrong")
    rows = every.curve()
    show(
        f"Accuracy against share accepted ({len(every.values)} values)",
        ["confidence from", "% accepted", "% right of these", "wrong"],
        rows,
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def main() -> None:
    with scratch() as work:
        sets = {"documents": documents(), "samples": samples(), "seeds": seeds(),
                "scans": scans(work / "scans")}  # fmt: skip
        figures: dict[str, Any] = {name: _report(one) for name, one in sets.items()}
        figures["handwritten"] = under_office_names(work / "scans")
    write("extract", figures | {"calibration": _calibration(sets.values())})
