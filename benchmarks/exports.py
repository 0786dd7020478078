"""Exports of a generated archive: records a second, size, and peak memory at two sizes.

Memory is flat where the peak of 20,000 records is near that of 2,000. Every format runs in a
process of its own; ``nothing`` makes and masks the records and writes none of them. Seconds are of
the processor.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, scratch, show, write
from models.directive import (
    Alternative,
    Campaign,
    Citation,
    Deadline,
    Directive,
    FieldValue,
    Incoming,
    Review,
    Signer,
    Source,
    Target,
)
from models.finding import Evidence, Finding
from models.personal import masked

SMALL, LARGE = 2_000, 20_000
PLACES = ("Cà Mau", "Tây Ninh", "Đồng Tháp", "Trà Vinh", "Hà Giang", "Quảng Ninh", "Nghệ An")
TYPES = (("Công văn", ""), ("Kế hoạch", "KH-"), ("Hướng dẫn", "HD-"), ("Thông báo", "TB-"))
PROSE = (
    "đẩy mạnh phong trào thi đua lao động giỏi sáng kiến cải tiến kỹ thuật chăm lo đoàn viên công "
    "nhân viên chức người lao động tổ chức triển khai thực hiện báo cáo kết quả công đoàn cơ sở"
)
WORDS = PROSE.split()


def main() -> None:
    rows = []
    figures: dict[str, Any] = {"records": {"small": SMALL, "large": LARGE}, "formats": {}}
    for name in ("nothing", *_formats()):
        small, large = _measured(name, SMALL), _measured(name, LARGE)
        figures["formats"][name] = {"small": small, "large": large}
        rows.append(
            (name, large["seconds"], round(LARGE / large["seconds"]), large["megabytes"],
             small["peak_megabytes"], large["peak_megabytes"])
        )  # fmt: skip
    show(
        f"exports of {LARGE:,} records",
        ["format", "seconds", "records/s", "MB", f"peak MB at {SMALL:,}", "peak MB"],
        rows,
    )
    write("exports", figures)


def _formats() -> list[str]:
    from pipeline.publish import FORMATS, SET_FORMATS

    return [*FORMATS, *SET_FORMATS]


def _measured(name: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.exports", name, str(count)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _worker(name: str, count: int) -> None:
    from pipeline.publish import FORMATS, SET_FORMATS

    records = map(masked, directives(count))
    with scratch() as folder:
        target = folder / "out"
        begun = time.process_time()
        if name == "nothing":
            target.write_bytes(b"")
            assert sum(1 for _ in records) == count
        elif name in SET_FORMATS:
            assert SET_FORMATS[name].write(records, target) == count
        else:
            with target.open("wb") as out:
                assert FORMATS[name].write(records, out) == count
        seconds = time.process_time() - begun
        files = [target] if target.is_file() else list(target.iterdir())
        size = sum(file.stat().st_size for file in files)
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    print(
        json.dumps(
            {
                "seconds": round(seconds, 2),
                "megabytes": round(size / 1e6, 1),
                "peak_megabytes": round(int(peak[1]) / 1024, 1) if peak else 0.0,
            }
        )
    )


# -- generated records ----------------------------------------------------------------------------


def directives(count: int) -> Iterator[Directive]:
    """Records as full as real ones, the same every time, ordered by id as an archive gives them."""
    for index in range(count):
        yield _directive(index, random.Random(index))


def _directive(index: int, chance: random.Random) -> Directive:
    place = PLACES[index % len(PLACES)]
    doc_type, code = chance.choice(TYPES)
    serial, day = (
        str(1 + index % 900),
        f"{2015 + index % 9}-{1 + index % 12:02d}-{1 + index % 28:02d}",
    )
    number = f"{serial}/{code}LĐLĐ"
    seen = Evidence(page=1, bbox=(0.1, 0.12, 0.3, 0.14), text=f"Số: {number}")
    issuer = f"Liên đoàn Lao động tỉnh {place}"

    def field(value: str, status: Any = "accepted") -> FieldValue:
        return FieldValue(
            value=value, raw=value, confidence=0.97, status=status, evidence=(seen,),
            rule="header.line", alternatives=(Alternative(value=value[:-1], confidence=0.02),),
        )  # fmt: skip

    def text(words: int) -> str:
        return " ".join(chance.choices(WORDS, k=words))

    mail = f"hop.thu{index}@example.org"
    personal = Finding(
        code="pii.email", severity="info", message="An e-mail address is named.",
        evidence=(Evidence(page=1, text=mail),),
    )  # fmt: skip
    return Directive(
        id=f"vt-{index:016x}",
        source=Source(path=f"in/{index}.pdf", sha256=f"{index:064x}",
                      media_type="application/pdf", pages=1 + index % 4, kind="scan"),
        issuer=field(issuer), parent_issuer=field("Tổng Liên đoàn Lao động Việt Nam"),
        number=field(number, "review" if index % 10 == 0 else "accepted"), serial=field(serial),
        symbol=field(f"{code}LĐLĐ"), place=field(place), issued=field(day),
        doc_type=field(doc_type), subject=field(text(18)),
        campaign=Campaign(id="01-trieu-sang-kien", name="01 triệu sáng kiến", evidence=(seen,)),
        recipients=tuple(field(f"Công đoàn {text(4)}") for _ in range(2)),
        copied_to=(field(text(5)), field("Lưu: VT")),
        signer=Signer(name=field("Nguyễn Văn Mẫu"), position=field("Chủ tịch")),
        citations=tuple(
            Citation(number=field(f"{chance.randint(1, 900)}/KH-TLĐ"), doc_type=field("Kế hoạch"),
                     issued=field("2021-01-05"), relation="implements", evidence=(seen,))
            for _ in range(3)
        ),
        targets=tuple(
            Target(kind="quota", text=text(12), value=chance.randint(10, 9_000), unit="sáng kiến",
                   status="accepted", confidence=0.9, evidence=(seen,))
            for _ in range(2)
        ),
        deadlines=(
            Deadline(text=text(14), date=day, action=text(8), status="accepted", evidence=(seen,)),
        ),
        findings=(personal,) if index % 20 == 0 else (),
        review=Review(reasons=("number: handwritten",) if index % 10 == 0 else ()),
        incoming=Incoming(number=field(str(index % 500 + 1), "review")),
    )  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _worker(sys.argv[1], int(sys.argv[2]))
    else:
        main()
