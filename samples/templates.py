"""Documents of its own: one recipe a type, varied by seed, truth exact by construction."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from samples.content import Draft
from samples.model import Block, Document
from samples.offices import SCALES, Office, office, signer_of, superior_citation, symbol_of
from samples.vocabulary import CAMPAIGNS, UNITS

TYPES = (
    "Công văn", "Kế hoạch", "Quyết định", "Thông báo", "Báo cáo", "Hướng dẫn", "Tờ trình",
    "Chương trình",
)  # fmt: skip
_NO_LETTERHEAD_RECIPIENTS = {"Kế hoạch", "Quyết định", "Thông báo", "Báo cáo", "Chương trình"}


def _opening(draft: Draft, issuer: Office, closing: str) -> None:
    citation, about = superior_citation(
        draft.rng, issuer, draft.issued, draft.campaign, "implements"
    )
    words = draft.cite(citation)
    draft.add("para", f"Thực hiện {words} {about} {draft.campaign.subject}, {closing}")


def _report_to(issuer: Office) -> str:
    through = "Văn phòng Tỉnh ủy" if issuer.level == "party" else "Ban Chính sách - Pháp luật"
    return f"về {issuer.body} (qua {through})"


def _letter(draft: Draft, issuer: Office, size: int) -> None:
    whom = "các cơ quan, đơn vị" if issuer.level == "party" else "các cấp công đoàn"
    _opening(draft, issuer, f"{issuer.body} đề nghị {whom} tập trung triển khai thực hiện một số "
             "nội dung trọng tâm như sau:")  # fmt: skip
    if draft.rng.random() < 0.6:
        draft.result()
    draft.tasks(2 + size, numbered=True)
    draft.quota()
    if draft.rng.random() < 0.5:
        draft.per_unit()
    draft.due("Đề nghị các đơn vị báo cáo kết quả thực hiện", _report_to(issuer))
    draft.add("para", "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, kịp thời phản ánh về "
              f"{issuer.body} để được hướng dẫn, giải quyết./.")  # fmt: skip


def _plan(draft: Draft, issuer: Office, size: int, name: str = "Kế hoạch") -> None:
    _opening(draft, issuer, f"{issuer.body} ban hành {name} thực hiện, cụ thể như sau:")
    draft.add("heading", "I. MỤC ĐÍCH, YÊU CẦU")
    draft.aims(min(3, 1 + size))
    draft.add("heading", "II. CHỈ TIÊU")
    draft.quota()
    draft.coverage(min(4, 1 + size))
    draft.per_unit()
    draft.add("heading", "III. NHIỆM VỤ, GIẢI PHÁP")
    draft.tasks(2 + size, numbered=True)
    draft.add("heading", "IV. TỔ CHỨC THỰC HIỆN")
    draft.term()
    draft.due("Công đoàn các cấp xây dựng kế hoạch cụ thể, gửi báo cáo", _report_to(issuer))
    draft.add("para", f"Trên đây là {name} của {issuer.body}, đề nghị các cấp công đoàn nghiêm "
              "túc triển khai thực hiện./.")  # fmt: skip


def _decision(draft: Draft, issuer: Office, size: int) -> None:
    draft.add("basis", "Căn cứ Điều lệ Công đoàn Việt Nam;")
    citation, about = superior_citation(draft.rng, issuer, draft.issued, draft.campaign, "based_on")
    words = draft.cite(citation)
    draft.add("basis", f"Căn cứ {words} {about} {draft.campaign.subject};")
    draft.add("basis", "Theo đề nghị của Ban Chính sách - Pháp luật,")
    draft.add("centred", "QUYẾT ĐỊNH:")
    draft.add("para", "**Điều 1.** Giao chỉ tiêu thực hiện cho các cấp công đoàn như sau:")
    draft.quota()
    draft.per_unit()
    draft.add("para", "**Điều 2.** Các đơn vị được giao chỉ tiêu có trách nhiệm:")
    draft.tasks(1 + size, numbered=False)
    draft.due("Báo cáo tình hình thực hiện gửi", _report_to(issuer))
    draft.add("para", "**Điều 3.** Văn phòng, các Ban chuyên đề và các đơn vị có liên quan chịu "
              "trách nhiệm thi hành Quyết định này kể từ ngày ký./.")  # fmt: skip


def _notice(draft: Draft, issuer: Office, size: int) -> None:
    _opening(draft, issuer, f"{issuer.body} thông báo kết quả thực hiện và một số nhiệm vụ trong "
             "thời gian tới như sau:")  # fmt: skip
    draft.add("heading", "1. Kết quả đạt được")
    draft.result()
    draft.add("heading", "2. Nhiệm vụ trọng tâm")
    draft.tasks(1 + size, numbered=False)
    draft.aspiration()
    draft.due("Các đơn vị chưa hoàn thành gửi báo cáo giải trình", _report_to(issuer))
    draft.add("para", f"{issuer.body} thông báo để các đơn vị biết, thực hiện./.")


def _report(draft: Draft, issuer: Office, size: int) -> None:
    _opening(draft, issuer, f"{issuer.body} báo cáo kết quả như sau:")
    draft.add("heading", "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI")
    draft.tasks(1 + size, numbered=False)
    draft.add("heading", "II. KẾT QUẢ THỰC HIỆN")
    draft.result()
    draft.add("heading", "III. PHƯƠNG HƯỚNG THỜI GIAN TỚI")
    draft.coverage(min(4, 1 + size))
    draft.aspiration()
    draft.add("para", f"Trên đây là báo cáo kết quả của {issuer.body}./.")


def _guide(draft: Draft, issuer: Office, size: int) -> None:
    _opening(draft, issuer, f"{issuer.body} hướng dẫn một số nội dung cụ thể như sau:")
    draft.add("heading", "1. Chỉ tiêu")
    draft.coverage(2)
    draft.per_unit()
    draft.add("heading", "2. Nội dung thực hiện")
    draft.tasks(1 + size, numbered=False)
    draft.add("heading", "3. Thời gian và chế độ báo cáo")
    draft.term()
    draft.due("Định kỳ, các đơn vị gửi báo cáo", _report_to(issuer))
    draft.add("para", "Quá trình thực hiện nếu có vướng mắc, đề nghị phản ánh để được xem xét, sửa "
              "đổi, bổ sung cho phù hợp./.")  # fmt: skip


def _request(draft: Draft, issuer: Office, size: int) -> None:
    _opening(draft, issuer, f"{issuer.body} kính trình {issuer.superior} xem xét, phê duyệt chỉ "
             "tiêu và kinh phí thực hiện với các nội dung sau:")  # fmt: skip
    draft.result()
    draft.quota()
    draft.tasks(size, numbered=True)
    draft.add("para", f"Kính trình {issuer.superior} xem xét, quyết định./.")


_RECIPES: dict[str, Callable[[Draft, Office, int], None]] = {
    "Công văn": _letter,
    "Kế hoạch": _plan,
    "Chương trình": partial(_plan, name="Chương trình"),
    "Quyết định": _decision,
    "Thông báo": _notice,
    "Báo cáo": _report,
    "Hướng dẫn": _guide,
    "Tờ trình": _request,
}


def _recipients(rng: random.Random, issuer: Office, doc_type: str) -> list[str]:
    if doc_type == "Tờ trình":
        return [issuer.superior]
    if doc_type in _NO_LETTERHEAD_RECIPIENTS:
        return []
    count = rng.randint(1, len(issuer.receivers))
    return list(issuer.receivers[:count])


def _copied_to(rng: random.Random, issuer: Office, has_recipients: bool) -> list[str]:
    if issuer.level == "party":
        return ["Như trên", "Thường trực Tỉnh ủy", "Lưu Văn phòng Tỉnh ủy"]
    first = rng.choice(("Như trên", "Như kính gửi")) if has_recipients else "Các đơn vị trực thuộc"
    middle = ["Thường trực (b/c)", "Lãnh đạo cơ quan", "Các Ban chuyên đề (ph/h)", "Website"]
    if issuer.superior != issuer.issuer:
        middle.insert(0, f"{issuer.superior.removeprefix('Ban Thường vụ ')} (b/c)")
    chosen = [m for m in middle if rng.random() < 0.55]
    return [first, *chosen, f"Lưu: VT, {rng.choice(UNITS)}"]


def make_document(
    seed: int, doc_type: str | None = None, level: str | None = None, size: int | None = None
) -> Document:
    """One document; ``size`` 1 fits a page as a rule, 6 needs three."""
    rng = random.Random(seed)
    level = (
        level
        or rng.choices(
            ("central", "province", "district", "sector", "grassroots", "party"), (1, 4, 3, 2, 2, 1)
        )[0]
    )
    doc_type = "Công văn" if level == "party" else doc_type or rng.choice(TYPES)
    size = size or rng.choice((1, 1, 2, 3, 6))
    issuer = office(rng, level)
    campaign = rng.choice(CAMPAIGNS)
    issued = date(2020, 1, 5) + timedelta(days=rng.randrange(0, 1800))
    draft = Draft(rng, campaign, issued, issuer.body, SCALES[issuer.level])
    _RECIPES[doc_type](draft, issuer, size)
    if level == "party":
        last = draft.blocks[-1]
        draft.blocks[-1] = Block(last.kind, last.text.removesuffix("./.") + ".")
    recipients = _recipients(rng, issuer, doc_type)
    return Document(
        issuer=issuer.issuer,
        parent_issuer=issuer.parent,
        serial=f"{rng.randint(1, 650):02d}",
        symbol=symbol_of(rng, issuer, doc_type),
        place=issuer.place,
        issued=issued,
        doc_type=doc_type,
        subject=_subject(rng, doc_type, campaign.subject),
        style="party" if level == "party" else "state",
        recipients=recipients,
        blocks=draft.blocks,
        copied_to=_copied_to(rng, issuer, bool(recipients)),
        signer=signer_of(rng, issuer),
        citations=draft.citations,
        targets=draft.targets,
        deadlines=draft.deadlines,
        subject_lead="" if doc_type == "Kế hoạch" else "Về việc",
    )


def _subject(rng: random.Random, doc_type: str, base: str) -> str:
    if doc_type == "Báo cáo":
        return f"kết quả {base}"
    if doc_type == "Quyết định":
        return f"giao chỉ tiêu {base}"
    if doc_type == "Tờ trình":
        return f"phê duyệt chỉ tiêu {base}"
    if doc_type == "Kế hoạch":
        return base[0].upper() + base[1:]
    return rng.choice(("", "", "tiếp tục ")) + base
