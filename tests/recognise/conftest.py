from __future__ import annotations

import pytest

from models.text import Word
from tests.recognise.printed import words


@pytest.fixture
def dispatch() -> list[list[Word]]:
    """A one-page dispatch as an engine reads it: straight across both columns."""
    return [
        words("LIÊN ĐOÀN LAO ĐỘNG", 0.16, 0.07)
        + words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.45, 0.07),
        words("TỈNH CÀ MAU", 0.19, 0.09) + words("Độc lập - Tự do - Hạnh phúc", 0.51, 0.09),
        words("Số: 120 /LĐLĐ", 0.18, 0.13) + words("Cà Mau, ngày 25 tháng 4 năm 2022", 0.5, 0.13),
        words("V/v tổ chức Tháng", 0.16, 0.15),
        words("Công nhân", 0.2, 0.17),
        words("Kính gửi: Công đoàn cơ sở", 0.4, 0.22),
        words("Thực hiện kế hoạch số 15/KH-TLĐ về việc tổ chức Tháng Công nhân", 0.2, 0.27),
        words("năm 2022 đề nghị các đơn vị báo cáo kết quả trước ngày 31/5/2022.", 0.15, 0.29),
        words("Nơi nhận:", 0.15, 0.6) + words("TM. BAN THƯỜNG VỤ", 0.6, 0.6),
        words("- Như trên;", 0.15, 0.62) + words("CHỦ TỊCH", 0.66, 0.62),
        words("- Lưu: VT.", 0.15, 0.64),
        words("Nguyễn Văn Bình", 0.62, 0.72),
        words("2", 0.52, 0.96),
    ]
