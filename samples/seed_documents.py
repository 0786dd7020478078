"""The five seed texts as documents: the body is read from the text, the fields are stated here."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from samples.model import Block, Citation, Deadline, Document, Signer, Target

SEEDS = Path(__file__).parent / "seeds"
_INITIALS = re.compile(r"\s*\*[mq]\*$")
_CAMPAIGN_19 = "quyết tâm chiến thắng đại dịch Covid-19”"


def _slice(text: str, start: str, end: str | None) -> str:
    begin = text.index(start)
    return text[begin : text.index(end, begin) if end else None]


def body_blocks(markdown: str) -> list[Block]:
    """Blocks of a body in Markdown; a blank line ends a paragraph, ``#`` starts a heading."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", markdown):
        text = _INITIALS.sub("", " ".join(part.split()))
        if not text:
            continue
        if text.startswith("#"):
            blocks.append(Block("heading", text.lstrip("# ").replace("**", "")))
        elif text.startswith("- "):
            blocks.append(Block("item", text[2:]))
        else:
            blocks.append(Block("para", text))
    return blocks


def _000() -> Document:
    text = (SEEDS / "000.md").read_text(encoding="utf-8")
    return Document(
        issuer="Liên đoàn Lao động tỉnh Cà Mau",
        parent_issuer="Tổng Liên đoàn Lao động Việt Nam",
        serial="187",
        symbol="LĐLĐ",
        place="Cà Mau",
        issued=date(2022, 7, 8),
        doc_type="Công văn",
        subject="tiếp tục triển khai giai đoạn 2 Chương trình “01 triệu sáng kiến nỗ lực, vượt "
        "khó, sáng tạo, quyết tâm chiến thắng đại dịch Covid 19”",
        recipients=[
            "Các Liên đoàn Lao động huyện, thành phố",
            "Các Công đoàn ngành",
            "Các CĐCS trực thuộc LĐLĐ tỉnh",
        ],
        blocks=body_blocks(_slice(text, "Thực hiện Chương trình “01", "Nơi nhận:")),
        copied_to=["Thường trực LĐLĐ tỉnh", "Như kính gửi", "Các ban LĐLĐ tỉnh", "Lưu: VT, CSPL"],
        citations=[
            Citation(
                "4381/TLĐ", "Công văn", date(2022, 6, 21),
                "Đoàn Chủ tịch Tổng Liên đoàn Lao động Việt Nam",
            )
        ],
        targets=[
            Target("result", "8.818/1.527 đạt 577%", 577, "=", "%"),
            Target("result", "8.818/5.091 đạt 173%", 173, "=", "%"),
        ],
        deadlines=[
            Deadline("từ ngày 01/6/2022 - 31/8/2023", "2022-06-01/2023-08-31", "within"),
        ],
    )  # fmt: skip


def _001() -> Document:
    text = (SEEDS / "001.md").read_text(encoding="utf-8")
    return Document(
        issuer="Liên đoàn Lao động tỉnh Cà Mau",
        parent_issuer="Tổng Liên đoàn Lao động Việt Nam",
        serial="120",
        symbol="LĐLĐ",
        place="Cà Mau",
        issued=date(2022, 4, 25),
        doc_type="Công văn",
        subject="phát động Chiến dịch thi đua cao điểm thực hiện Chương trình “01 triệu sáng kiến, "
        "nỗ lực vượt khó, sáng tạo, quyết tâm chiến thắng đại dịch Covid – 19”",
        recipients=[
            "Liên đoàn Lao động các huyện, thành phố Cà Mau",
            "Các công đoàn ngành, Công đoàn Viên chức tỉnh",
            "Các công đoàn cơ sở trực thuộc LĐLĐ tỉnh",
        ],
        blocks=_joined(body_blocks(_slice(text, "Ngày 24/01/2022", "Nơi nhận:"))),
        copied_to=["Như kính gửi", "Lãnh đạo LĐLĐ tỉnh", "Các Ban LĐLĐ tỉnh", "Lưu: VT, CSPL"],
        signer=Signer("Trần Việt Hóa"),
        citations=[
            Citation(
                "05/KH-LĐLĐ", "Kế hoạch", date(2022, 1, 24),
                "Ban thường vụ Liên đoàn lao động tỉnh", "mentions",
            )
        ],
        targets=[
            Target("result", "mới có 2.660 sáng kiến", 2660, "=", "sáng kiến"),
            Target("result", "đạt 52,2% chỉ tiêu", 52.2, "=", "%"),
            Target("quota", "chỉ tiêu 5.091 sáng kiến", 5091, "=", "sáng kiến"),
            Target("aspiration", "phấn đấu hoàn thành vượt mức chỉ tiêu", None, ">", None),
        ],
        deadlines=[
            Deadline("từ nay đến hết ngày 31/5/2022", "2022-04-25/2022-05-31", "within"),
        ],
    )  # fmt: skip


def _joined(blocks: list[Block]) -> list[Block]:
    """Mend the paragraphs that the seed text breaks at a page edge (they go on in lower case)."""
    out: list[Block] = []
    for block in blocks:
        if out and block.kind == "para" and block.text[0].islower():
            out[-1] = Block(out[-1].kind, f"{out[-1].text} {block.text}")
        else:
            out.append(block)
    return out


def _002() -> Document:
    text = (SEEDS / "002.md").read_text(encoding="utf-8")
    unit = "sáng kiến"
    body = _slice(text, "Thực hiện Chương trình số", "Nơi nhận:")
    return Document(
        issuer="Liên đoàn Lao động huyện Dương Minh Châu",
        parent_issuer="Liên đoàn Lao động tỉnh Tây Ninh",
        serial="482",
        symbol="LĐLĐ",
        place="Huyện Dương Minh Châu",
        issued=date(2022, 5, 11),
        doc_type="Công văn",
        subject="hỗ trợ chỉ đạo triển khai Chương trình “01 triệu sáng kiến”",
        recipients=["Ban Thường vụ Đảng ủy các xã, thị trấn"],
        blocks=body_blocks(body),
        copied_to=["Như trên", "Website", "Lưu: VT"],
        signer=Signer("Đỗ Tài Công", "TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"),
        citations=[
            Citation("3259/CTr-TLĐ", "Chương trình", date(2021, 12, 15),
                     "Tổng Liên đoàn Lao động Việt Nam"),
            Citation("300/KH-LĐLĐ", "Kế hoạch", date(2022, 3, 3),
                     "Ban Thường vụ Liên đoàn Lao động tỉnh Tây Ninh"),
            Citation("134/KH-LĐLĐ", "Kế hoạch", date(2022, 3, 3),
                     "Ban Thường vụ Liên đoàn Lao động huyện", "based_on"),
            Citation("259-CV/VPHU", "Công văn", date(2022, 5, 9), "Văn phòng Huyện ủy",
                     "based_on"),
        ],
        targets=[
            Target("quota", "chỉ tiêu là 1.041 sáng kiến", 1041, "=", unit),
            Target("quota", "giai đoạn 1 đến hết ngày 31/5/2022 với “Chiến dịch thi đua cao điểm "
                   "40 ngày” là 520 sáng kiến", 520, "=", unit, 0),
            Target("quota", "giai đoạn 2 từ ngày 01/6/2022 đến ngày 01/9/2023 là 521 sáng kiến",
                   521, "=", unit, 0),
        ],
        deadlines=[
            Deadline("đến hết ngày 31/5/2022", "2022-05-31", "by"),
            Deadline("từ ngày 01/6/2022 đến ngày 01/9/2023", "2022-06-01/2023-09-01", "within"),
        ],
    )  # fmt: skip


def _003() -> Document:
    text = (SEEDS / "003.txt").read_text(encoding="utf-8")
    return Document(
        issuer="Công đoàn ngành Y tế",
        parent_issuer="Liên đoàn Lao động tỉnh Đồng Tháp",
        serial="07",
        symbol="CĐN",
        place="Đồng Tháp",
        issued=date(2023, 3, 7),
        doc_type="Công văn",
        subject="đẩy mạnh thực hiện Chương trình “01 triệu sáng kiến-nỗ lực vượt khó, sáng tạo, "
        + _CAMPAIGN_19,
        recipients=["Các Công đoàn cơ sở, nghiệp đoàn"],
        blocks=body_blocks(_slice(text, "Căn cứ công văn", None)),
        citations=[
            Citation("57/LĐLĐ", "Công văn", date(2023, 2, 27),
                     "Ban thường vụ Liên đoàn Lao động Tỉnh", "based_on")
        ],
        deadlines=[
            Deadline("từ nay đến thời điểm kết thúc (01/9/2023)", "2023-03-07/2023-09-01",
                     "within"),
            Deadline("trước ngày 29/8/2023", "2023-08-29", "before"),
        ],
    )  # fmt: skip


def _004() -> Document:
    text = (SEEDS / "004.md").read_text(encoding="utf-8")
    name = "“Công nhân, viên chức, lao động tỉnh Trà Vinh đoàn kết, chung sức chiến thắng đại dịch "
    return Document(
        issuer="Liên đoàn Lao động tỉnh Trà Vinh",
        parent_issuer="Tổng Liên đoàn Lao động Việt Nam",
        serial="106",
        symbol="KH-LĐLĐ",
        place="Trà Vinh",
        issued=date(2020, 9, 14),
        doc_type="Kế hoạch",
        subject=f"Tổ chức phong trào thi đua {name}COVID-19”",
        blocks=_in_reading_order(text),
        copied_to=[
            "Tổng LĐLĐ Việt Nam",
            "Ban Dân vận, Ban Tuyên giáo Tỉnh ủy",
            "Ban TĐKT tỉnh",
            "Thường trực LĐLĐ tỉnh",
            "Các ban LĐLĐ tỉnh",
            "LĐLĐ huyện, TX, TP, CĐ ngành, CĐCS trực thuộc",
            "Lưu: VP, TG-NC",
        ],
        signer=Signer("Thạch Thị Thu Hà"),
        citations=[
            Citation("130/KH-TLĐ", "Kế hoạch", date(2021, 9, 1),
                     "Đoàn Chủ tịch Tổng Liên đoàn Lao động Việt Nam")
        ],
        targets=[
            Target("coverage", "100% Công đoàn các cấp xây dựng kế hoạch", 100, "=", "%"),
            Target("coverage", "100% Công đoàn các cấp phối hợp với chính quyền", 100, "=", "%"),
            Target("per_unit", "Mỗi Công đoàn cấp trên cơ sở có ít nhất 02 phong trào, mô hình "
                   "điển hình", 2, ">=", "phong trào, mô hình điển hình"),
            Target("per_unit", "mỗi Công đoàn cơ sở có ít nhất 02 sáng kiến trở lên", 2, ">=",
                   "sáng kiến"),
            Target("coverage", "100% Công đoàn cơ sở phối hợp với chuyên môn đồng cấp", 100, "=",
                   "%"),
        ],
        deadlines=[
            Deadline("bắt đầu từ tháng 9/2021", "2021-09/..", "from"),
        ],
    )  # fmt: skip


def _in_reading_order(text: str) -> list[Block]:
    """The seed's page 4 stands before page 3, and a page edge cuts bold text: put right here."""
    start = _slice(text, "Thực hiện Kế hoạch số 130", "cách làm sáng tạo, hiệu quả và")
    page4 = _slice(text, "cách làm sáng tạo, hiệu quả và", "an toàn”, thúc đẩy")
    page3 = _slice(text, "an toàn”, thúc đẩy", "Trên đây là kế hoạch")
    end = _slice(text, "Trên đây là kế hoạch", "**Nơi nhận:**")
    body = f"{start.rstrip().removesuffix('**')} **{page3.rstrip()} {page4}{end}"
    body = body.replace("sản xuất phải **an toàn”", "sản xuất phải an toàn”**")
    body = body.replace("phòng, chống dịch\n\nCOVID-19", "phòng, chống dịch COVID-19")
    return body_blocks(body.replace("Fúu an sinh", "Túi an sinh"))


def seed_documents() -> dict[str, Document]:
    """All five, by the seed's number."""
    return {"000": _000(), "001": _001(), "002": _002(), "003": _003(), "004": _004()}
