"""An archive with a scan, a document with personal data and a hostile one, and ways to ask it."""

from __future__ import annotations

import io
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.directive import Directive
from models.finding import Evidence, Finding
from models.source import SourceDocument, SourcePage
from models.text import Block, Line, PageText, Word
from pipeline.archive import Archive
from pipeline.plan import Plan
from pipeline.serve import create_app
from pipeline.serving import Served
from pipeline.settings import ServeSettings, Settings
from tests.archive.strategies import directive, failure, field, full_directive, page, source
from tests.makers import page_image, scanned_pdf

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for a client that is not out yet
    from starlette.testclient import TestClient

API = "/api/v1"
PHONE = "0912 345 678"
HOSTILE = "<script>alert(1)</script>'; DROP TABLE directives;-- \u202egpj.exe \x07 \u2028 \"}],"
HOSTILE_PATH = 'in/../../etc/x\r\nSet-Cookie: a=b\u202e"; filename="evil.exe'

Client = Callable[..., TestClient]


def put_scan(archive: Archive, folder: Path, run_id: int) -> Directive:
    """A scanned PDF whose original and page image are stored."""
    pdf = scanned_pdf(folder / "scan.pdf", [page_image(dpi=72)], dpi=72)
    digest, size = archive.files.put_original(pdf, max_bytes=10**8)
    scanned = SourceDocument(
        sha256=digest,
        byte_size=size,
        media_type="application/pdf",
        kind="scan",
        pages=(SourcePage(number=1, kind="scan", width_pt=595, height_pt=842),),
    )
    image = page_image(dpi=72)
    data = io.BytesIO()
    image.save(data, "PNG")
    key = Plan(settings=Settings(), repair_model="").clean(scanned, scanned.pages[0])
    archive.files.put("clean", key, data.getvalue())
    box = (0.1, 0.1, 0.3, 0.12)
    text = PageText(
        page=1,
        read_by="ocr",
        engine="test 1",
        width_px=image.width,
        height_px=image.height,
        blocks=(Block(lines=(Line(words=(Word(text="Số:", bbox=box), Word(text="45/CĐN"))),)),),
    )
    seen = (Evidence(page=1, bbox=box, text="Số: 45/CĐN", origin="ocr"),)
    made = Directive.of(scanned).model_copy(update={"number": field("45/CĐN", evidence=seen)})
    archive.record_source("scans/Công văn 45.pdf", scanned)
    archive.put_directive(made, [text], result_key="k", run_id=run_id)
    return made


def put_private(archive: Archive, run_id: int, name: str = "private") -> Directive:
    """A document in which a telephone number is marked."""
    seen = (Evidence(page=1, bbox=(0.1, 0.1, 0.2, 0.2), text=PHONE),)
    marked = Finding(
        code="pii.phone", severity="info", message="A telephone number is named.", evidence=seen
    )
    made = directive(name, subject=f"Liên hệ {PHONE}", number="7/KH", findings=(marked,))
    made = made.model_copy(update={"targets": full_directive().targets[:1]})
    made = made.model_copy(
        update={"targets": (made.targets[0].model_copy(update={"text": f"gọi {PHONE} ngay"}),)}
    )
    archive.record_source(f"in/{name}.pdf", source(name))
    archive.put_directive(
        made,
        [page(f"Mọi thắc mắc xin liên hệ số {PHONE} trong giờ")],
        result_key="k",
        run_id=run_id,
    )
    return made


def put_twins(archive: Archive, **fields: Any) -> tuple[Directive, Directive]:
    """Two documents that may be one: pair 1."""
    run_id = archive.begin_run("ingest", "0.1.0")
    text = " ".join(f"chữ{number}" for number in range(300))
    made = []
    for name in ("twin-a", "twin-b"):
        archive.record_source(f"in/{name}.pdf", source(name))
        one = directive(name, number="9/TB", issued="2023-03-01", **fields)
        archive.put_directive(one, [page(text)], result_key="k", run_id=run_id)
        made.append(one)
    return made[0], made[1]


def fill(folder: Path) -> None:
    """Make the archive in ``folder``."""
    with Archive.open(folder / "archive", create=True) as opened:
        run_id = opened.begin_run("ingest", "0.1.0")
        opened.record_source("in/full.pdf", source("full"))
        opened.put_directive(
            full_directive(), [page("đổi mới\nsáng kiến")], result_key="k", run_id=run_id
        )
        put_scan(opened, folder, run_id)
        put_private(opened, run_id)
        hostile = directive(
            "hostile", subject=HOSTILE, issuer=HOSTILE, number=HOSTILE, issued="2023-01-01"
        )
        opened.record_source(HOSTILE_PATH, source("hostile"))
        opened.put_directive(hostile, [page(HOSTILE)], result_key="k", run_id=run_id)
        opened.quarantine(HOSTILE_PATH + "2", failure(reason=HOSTILE), sha256=None, run_id=run_id)
        opened.end_run(run_id, {"created": 4}, "finished")


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: a new database takes longer than what is asked of it here."""
    folder = tmp_path_factory.mktemp("filled")
    fill(folder)
    return folder / "archive"


@pytest.fixture
def archive(tmp_path: Path, filled_once: Path) -> Iterator[Archive]:
    shutil.copytree(filled_once, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as opened:
        yield opened


@pytest.fixture
def scan_id(archive: Archive) -> str:
    return next(row.id for row in archive.list() if row.number == "45/CĐN")


@pytest.fixture
def client(archive: Archive) -> Iterator[Client]:
    """Makes clients of the archive: ``client(token=..., host=..., requests_per_minute=...)``."""
    opened: list[TestClient] = []
    served: list[Served] = []

    def make(
        *, token: str | None = None, host: str = "127.0.0.1", holdings: Any = None, **settings: Any
    ) -> TestClient:
        held = holdings
        if held is None:
            held = Served(archive, Settings())
            served.append(held)
        app = create_app(held, ServeSettings(**settings), host=host)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        made = TestClient(app, base_url=f"http://{host}:8417{API}", headers=headers)
        opened.append(made.__enter__())
        return made

    yield make
    for one in opened:
        one.__exit__(None, None, None)
    for held in served:
        held.close()


@pytest.fixture
def local(client: Client) -> TestClient:
    """A client on this machine, without a token."""
    return client()


@pytest.fixture
def token(archive: Archive) -> Callable[[str], str]:
    """Makes tokens of a scope."""
    return lambda scope: archive.add_token("a test", scope)[1]  # type: ignore[arg-type]
