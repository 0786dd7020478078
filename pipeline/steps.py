"""What a worker does to one file, one page, one document: the stages in order, each result kept.

These functions run in worker processes (see :mod:`pipeline.pool`). Each looks for its stored
result first, so a killed run loses only the pages that were being read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from models.base import BBox
from models.directive import Directive
from models.finding import Finding
from models.lexicon import Lexicon
from models.source import SourceDocument, SourcePage
from models.text import PageText
from pipeline import check, clean, extract, ingest, recognise, repair
from pipeline.archive.results import FileStore
from pipeline.errors import InternalFailure, UnreadableFile, VanthuError
from pipeline.plan import Plan
from pipeline.settings import Settings

#: Visually lossless; engines read it as they read the original (see docs/contributor.md).
_JPEG_QUALITY = 92


@dataclass
class _Kit:
    """What a worker keeps between tasks: the store, and engines and models once they are needed."""

    plan: Plan
    files: FileStore
    lexicon: Lexicon = field(default_factory=Lexicon)
    _recogniser: recognise.Recogniser | None = field(default=None)
    _repairer: repair.Repairer | None = field(default=None)

    @property
    def recogniser(self) -> recognise.Recogniser:
        if self._recogniser is None:
            settings = self.plan.settings
            # Where the engines differ the language model of the repair room has a say.
            scorer = self.repairer.log_probability if settings.repair.enabled else None
            self._recogniser = recognise.load(settings.recognise, scorer=scorer)
        return self._recogniser

    @property
    def repairer(self) -> repair.Repairer:
        if self._repairer is None:
            self._repairer = repair.load(self.plan.settings.repair, self.lexicon)
        return self._repairer


_kit: _Kit | None = None


def start_worker(plan: Plan, files: str | Path, lexicon: Lexicon | None = None) -> None:
    """Initialise this process; engines and models load with the first page that needs them.

    ``files`` is the location of the archive's files. ``lexicon`` is what people taught the archive:
    no part of any key, so that what was read before it stands.
    """
    global _kit
    cv2.setNumThreads(1)
    store = FileStore(files, plan.settings.store)
    _kit = _Kit(plan=plan, files=store, lexicon=lexicon or Lexicon())


def _tools() -> _Kit:
    if _kit is None:
        raise InternalFailure("The worker was not started.")
    return _kit


@contextmanager
def _stage(name: str, page: int | None = None) -> Iterator[None]:
    """Errors that leave the block know the stage and the page that met them."""
    try:
        yield
    except VanthuError as error:
        raise error.blamed(name, page) from error.__cause__


def examine_file(path: Path) -> SourceDocument:
    """Take a file into the store and examine it."""
    kit = _tools()
    limit = kit.plan.settings.limits.file_megabytes * 2**20
    with _stage("ingest"):
        with ingest.open_source(path) as file:
            sha256, _ = kit.files.put_original(file, max_bytes=limit)
        try:
            return _examine(kit, path, sha256)
        except VanthuError as error:
            error.sha256 = sha256  # the copy is kept: quarantine names it
            raise


def _examine(kit: _Kit, path: Path, sha256: str) -> SourceDocument:
    settings = kit.plan.settings
    with _original(kit.files, sha256) as content:
        media_type = ingest.media_type_of(content, path)
        key = kit.plan.ingest(sha256)
        stored = kit.files.get("ingest", key)
        if stored is not None:
            return SourceDocument.model_validate_json(stored)
        with kit.files.scratch() as scratch:
            source = ingest.examine(
                content, media_type, sha256, scratch, settings.ingest, settings.limits
            )
    kit.files.put("ingest", key, _json(source))
    return source


@contextmanager
def _original(files: FileStore, sha256: str) -> Iterator[Path]:
    with files.original(sha256) as content:
        if not content.exists():
            raise UnreadableFile(
                "The stored original is gone or damaged.",
                advice="'vanthu verify' tells which; ingest the file again from where it came.",
            )
        yield content


def read_page(plan: Plan, source: SourceDocument, number: int) -> None:
    """One page through clean, recognise and repair, from the first of them that is not stored."""
    kit = _tools()
    kit.plan = plan
    page = source.pages[number - 1]
    key = plan.repair(source, page)
    if kit.files.has("repair", key):
        return
    text = _read(kit, source, page)
    if plan.settings.repair.enabled:
        with _stage("repair", number):
            text = kit.repairer.repair_page(text)
    kit.files.put("repair", key, _json(text))


def _read(kit: _Kit, source: SourceDocument, page: SourcePage) -> PageText:
    """The page's text before repair."""
    stage = "recognise" if page.kind == "scan" else "read"
    key = kit.plan.read(source, page)
    stored = kit.files.get(stage, key)
    if stored is not None:
        return PageText.model_validate_json(stored)
    if page.kind == "scan":
        text = _recognise(kit, source, page)
    elif page.kind == "born_digital":
        text = _text_layer(kit, source, page)
    else:
        text = _text_file(kit, source, page)
    kit.files.put(stage, key, _json(text))
    return text


def _recognise(kit: _Kit, source: SourceDocument, page: SourcePage) -> PageText:
    settings = kit.plan.settings
    image, report, pixels = cleaned_image(kit.files, kit.plan, source, page)
    findings = tuple(Finding.model_validate(f) for f in report["findings"])
    height, width = image.shape[:2]
    if report["blank"]:
        return PageText(
            page=page.number, read_by="ocr", findings=findings, width_px=width, height_px=height
        )
    with _stage("recognise", page.number):
        text = kit.recogniser.read_page(
            image,
            page=page.number,
            dpi=float(report["dpi"]),
            timeout_seconds=settings.limits.page_seconds,
            stamps=_stamps(report),
        )
    text = text.model_copy(
        update={
            "findings": findings + text.findings,
            "rotation": report["rotation"],
            "levelled_degrees": report["skew_degrees"] if report["deskewed"] else 0.0,
        }
    )
    return _with_crops(kit, source, page, text, pixels)


def _with_crops(
    kit: _Kit,
    source: SourceDocument,
    page: SourcePage,
    text: PageText,
    pixels: np.ndarray | None,
) -> PageText:
    """``text`` with a stored picture of each place that was written by hand.

    Cut from the page as it was scanned, not as it was cleaned: colour tells a pen from print. The
    name of a picture is its hash, and the page names it, so it is stored before the page is.
    """
    if not text.zones:
        return text
    if pixels is None:
        with _stage("ingest", page.number):
            pixels, _ = _page_pixels(kit.files, kit.plan, source, page)
    zones = []
    for zone in text.zones:
        picture = recognise.crop_of(zone, text, pixels)
        if picture is not None:
            name = hashlib.sha256(picture).hexdigest()
            kit.files.put("crop", name, picture)
            zone = zone.model_copy(update={"crop": name})
        zones.append(zone)
    return text.model_copy(update={"zones": tuple(zones)})


class _Cleaned(NamedTuple):
    """A page ready to read, the report on it and, if it was just made, the page as it came."""

    image: np.ndarray
    report: dict[str, Any]
    pixels: np.ndarray | None


def _page_pixels(
    files: FileStore, plan: Plan, source: SourceDocument, page: SourcePage
) -> tuple[np.ndarray, float]:
    settings = plan.settings
    with _original(files, source.sha256) as content:
        return ingest.load_page_image(content, source, page, settings.ingest, settings.limits)


def cleaned_image(
    files: FileStore, plan: Plan, source: SourceDocument, page: SourcePage
) -> _Cleaned:
    """The cleaned image of a page and its report.

    The stored form is the result: the engine reads the decoded image also when it was just made,
    so a resumed run reads the very same pixels.
    """
    settings = plan.settings
    key = plan.clean(source, page)
    stored, report = files.get("clean", key), files.get("clean_report", key)
    pixels = None
    if stored is None or report is None:
        with _stage("ingest", page.number):
            pixels, dpi = _page_pixels(files, plan, source, page)
        with _stage("clean", page.number):
            cleaned = clean.clean_page(pixels, dpi=dpi, settings=settings.clean)
            stored = _encode(cleaned.image)
        facts = cleaned.report.model_dump(mode="json")
        facts["findings"] = [
            f.model_dump(mode="json", by_alias=True) for f in _on_page(cleaned.findings, page)
        ]
        facts["stamps"] = [_packed(stamp) for stamp in cleaned.stamps]
        report = json.dumps(facts, sort_keys=True).encode()
        if settings.run.keep_page_images:
            files.put("clean", key, stored)
            files.put("clean_report", key, report)
    image = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise InternalFailure("A stored page image cannot be decoded.").blamed("clean", page.number)
    return _Cleaned(np.asarray(image), json.loads(report), pixels)


def _encode(image: np.ndarray) -> bytes:
    """JPEG; PNG where the page is bilevel, smaller there and without loss."""
    sample = image[:: max(1, image.shape[0] // 256)]
    bilevel = bool(np.isin(sample, (0, 255)).all()) and bool(np.isin(image, (0, 255)).all())
    if bilevel:
        done, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_BILEVEL, 1])
    else:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise InternalFailure("The page image could not be encoded.")
    return data.tobytes()


def _packed(stamp: clean.StampLayer) -> dict[str, Any]:
    """A stamp's small picture with its place, as it fits into the report."""
    done, data = cv2.imencode(".png", stamp.image)
    if not done:
        raise InternalFailure("A stamp's image could not be encoded.")
    return {"bbox": stamp.bbox, "png": base64.b64encode(data.tobytes()).decode("ascii")}


def _stamps(report: dict[str, Any]) -> list[tuple[BBox, np.ndarray]]:
    """The stamps that were taken off the page; reports of an earlier version name none."""
    found = []
    for stamp in report.get("stamps", ()):
        data = np.frombuffer(base64.b64decode(stamp["png"]), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise InternalFailure("A stored stamp cannot be decoded.")
        x0, y0, x1, y1 = stamp["bbox"]
        found.append(((x0, y0, x1, y1), np.asarray(image)))
    return found


def _on_page(findings: tuple[Finding, ...], page: SourcePage) -> list[Finding]:
    """Findings of a stage that sees one image, with the page number put in."""
    return [
        f.model_copy(
            update={
                "evidence": tuple(
                    e.model_copy(update={"page": e.page or page.number}) for e in f.evidence
                )
            }
        )
        for f in findings
    ]


def _text_layer(kit: _Kit, source: SourceDocument, page: SourcePage) -> PageText:
    with (
        _stage("ingest", page.number),
        _original(kit.files, source.sha256) as content,
        kit.files.scratch() as scratch,
    ):
        lines = ingest.text_layer_lines(
            content, source, page.number, scratch, kit.plan.settings.limits
        )
    with _stage("recognise", page.number):
        return recognise.layout_page(
            lines, page=page.number, read_by="text_layer", engine="text layer"
        )


def _text_file(kit: _Kit, source: SourceDocument, page: SourcePage) -> PageText:
    with _stage("ingest", page.number), _original(kit.files, source.sha256) as content:
        return ingest.text_pages(content, kit.plan.settings.limits)[page.number - 1]


def assemble(plan: Plan, source: SourceDocument) -> None:
    """The document's directive from its stored pages: extract, then check."""
    kit = _tools()
    kit.plan = plan
    if kit.files.has("check", plan.check(source)):
        return
    settings = plan.settings
    pages = stored_pages(kit.files, plan, source)
    key = plan.extract(source)
    stored = kit.files.get("extract", key)
    if stored is not None:
        directive = Directive.model_validate_json(stored)
    else:
        with _stage("extract"):
            directive = extract.extract(source, pages, settings.extract)
            directive = extract.with_learned(directive, kit.lexicon)
        kit.files.put("extract", key, _json(directive))
    kit.files.put("check", plan.check(source), _json(finish(directive, source, pages, settings)))


def finish(
    directive: Directive, source: SourceDocument, pages: list[PageText], settings: Settings
) -> Directive:
    """An extracted directive with every finding, its evidence on the pages of the file."""
    gathered = (*source.findings, *(f for page in pages for f in page.findings))
    directive = directive.model_copy(update={"findings": (*directive.findings, *gathered)})
    with _stage("check"):
        directive = check.check(directive, pages, settings.check)
    return _as_the_page_lies(directive, pages)


def _as_the_page_lies(directive: Directive, pages: list[PageText]) -> Directive:
    """Evidence of pages that were turned to be read, brought back onto the page of the file.

    The stages work on the image that was read; the contract speaks of the page. A digital signature
    is placed on the page already.
    """
    turned = {p.page: p for p in pages if p.rotation or p.levelled_degrees}
    if not turned:
        return directive

    def bring_back(value: Any) -> Any:
        if isinstance(value, list):
            return [bring_back(item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {key: bring_back(item) for key, item in value.items()}
        read = made.get("from") != "digital_signature"
        if made.get("bbox") is not None and made.get("page") in turned and read:
            made["bbox"] = turned[made["page"]].on_page(tuple(made["bbox"]))
        return made

    return Directive.model_validate(bring_back(directive.model_dump(mode="json", by_alias=True)))


def stored_pages(
    files: FileStore, plan: Plan, source: SourceDocument, first: int | None = None
) -> list[PageText]:
    """The repaired pages of a document, all of them or the ``first`` few.

    :raises InternalFailure: where one is missing
    """
    pages = []
    for page in source.pages[:first]:
        stored = files.get("repair", plan.repair(source, page))
        if stored is None:
            raise InternalFailure(
                f"The stored text of page {page.number} is gone.", page=page.number
            )
        pages.append(PageText.model_validate_json(stored))
    return pages


def _json(model: SourceDocument | PageText | Directive) -> bytes:
    return model.model_dump_json(by_alias=True).encode()
