"""Words to write documents with: places, bodies, campaigns, tasks. Names of people are invented."""

from __future__ import annotations

import random
from dataclasses import dataclass

PROVINCES: dict[str, tuple[str, ...]] = {
    "An Giang": ("huyện Thoại Sơn", "huyện Tri Tôn", "thành phố Châu Đốc"),
    "Bắc Giang": ("huyện Lạng Giang", "huyện Việt Yên", "huyện Yên Dũng"),
    "Bình Định": ("huyện Tuy Phước", "thị xã Hoài Nhơn", "huyện Vĩnh Thạnh"),
    "Cà Mau": ("huyện Đầm Dơi", "huyện Trần Văn Thời", "huyện Ngọc Hiển"),
    "Đắk Lắk": ("huyện Cư M’gar", "thị xã Buôn Hồ", "huyện Ea H’leo"),
    "Đồng Tháp": ("huyện Lấp Vò", "huyện Tháp Mười", "thành phố Sa Đéc"),
    "Hà Tĩnh": ("huyện Nghi Xuân", "huyện Kỳ Anh", "huyện Đức Thọ"),
    "Lâm Đồng": ("huyện Di Linh", "huyện Đức Trọng", "thành phố Bảo Lộc"),
    "Quảng Bình": ("huyện Lệ Thủy", "huyện Quảng Trạch", "thị xã Ba Đồn"),
    "Tây Ninh": ("huyện Tân Biên", "huyện Gò Dầu", "thị xã Trảng Bàng"),
    "Thái Nguyên": ("huyện Phú Lương", "huyện Định Hóa", "thành phố Phổ Yên"),
    "Tiền Giang": ("huyện Cái Bè", "thị xã Gò Công", "huyện Chợ Gạo"),
    "Trà Vinh": ("huyện Cầu Ngang", "huyện Tiểu Cần", "thị xã Duyên Hải"),
    "Tuyên Quang": ("huyện Chiêm Hóa", "huyện Yên Sơn", "huyện Hàm Yên"),
    "Vĩnh Long": ("huyện Vũng Liêm", "huyện Tam Bình", "thị xã Bình Minh"),
}
SECTORS = {
    "Giáo dục": "CĐGD",
    "Y tế": "CĐYT",
    "Công Thương": "CĐCT",
    "Xây dựng": "CĐXD",
    "Nông nghiệp và Phát triển nông thôn": "CĐNN",
    "Giao thông vận tải": "CĐGTVT",
}
WORKPLACES = (
    "Công ty Cổ phần Thủy sản Hòa Thuận",
    "Công ty TNHH May mặc Phước Lộc",
    "Bệnh viện Đa khoa khu vực",
    "Trường Trung học phổ thông Nguyễn Trãi",
    "Công ty Cổ phần Cấp nước và Môi trường",
    "Xí nghiệp Chế biến gỗ Đại Việt",
)
UNITS = ("CSPL", "TG", "TG-NC", "ToC", "CS-PL&QHLĐ", "TC-KT", "VP")

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương", "Lý")
MIDDLE_M = ("Văn", "Hữu", "Quốc", "Minh", "Đức", "Thanh", "Xuân", "Công", "Tấn")
MIDDLE_F = ("Thị", "Thị Ngọc", "Thị Kim", "Thị Thanh", "Thúy", "Hồng", "Thị Mỹ")
GIVEN_M = ("Hùng", "Dũng", "Phong", "Tuấn", "Khải", "Nghĩa", "Sơn", "Vũ", "Thắng", "Bình", "Lộc")
GIVEN_F = ("Hoa", "Hạnh", "Phượng", "Tuyết", "Diễm", "Yến", "Thảo", "Liễu", "Ngân", "Oanh")


@dataclass(frozen=True)
class Campaign:
    """A campaign, its unit of counting and what it asks for."""

    name: str
    subject: str
    unit: str
    deed: str


CAMPAIGNS = (
    Campaign(
        "Chương trình “01 triệu sáng kiến - nỗ lực vượt khó, sáng tạo, quyết tâm chiến thắng "
        "đại dịch Covid-19”",
        "thực hiện Chương trình “01 triệu sáng kiến - nỗ lực vượt khó, sáng tạo, quyết tâm "
        "chiến thắng đại dịch Covid-19”",
        "sáng kiến",
        "cập nhật sáng kiến trên phần mềm trực tuyến",
    ),
    Campaign(
        "Phong trào thi đua “Lao động giỏi, lao động sáng tạo”",
        "đẩy mạnh Phong trào thi đua “Lao động giỏi, lao động sáng tạo” trong công nhân, viên "
        "chức, lao động",
        "đề tài",
        "đăng ký đề tài, giải pháp cải tiến kỹ thuật",
    ),
    Campaign(
        "Chương trình “Phúc lợi cho đoàn viên và người lao động”",
        "triển khai Chương trình “Phúc lợi cho đoàn viên và người lao động”",
        "thỏa thuận hợp tác",
        "ký kết thỏa thuận hợp tác với doanh nghiệp cung ứng dịch vụ",
    ),
    Campaign(
        "Chương trình “Tết Sum vầy - Xuân gắn kết”",
        "tổ chức Chương trình “Tết Sum vầy - Xuân gắn kết” và chăm lo Tết cho đoàn viên, người "
        "lao động có hoàn cảnh khó khăn",
        "suất quà",
        "rà soát, lập danh sách đoàn viên có hoàn cảnh đặc biệt khó khăn",
    ),
    Campaign(
        "Phong trào “Xanh - Sạch - Đẹp, bảo đảm an toàn vệ sinh lao động”",
        "hưởng ứng Phong trào “Xanh - Sạch - Đẹp, bảo đảm an toàn vệ sinh lao động”",
        "công trình",
        "gắn biển công trình chào mừng đại hội công đoàn",
    ),
    Campaign(
        "Kế hoạch phát triển đoàn viên, thành lập công đoàn cơ sở khu vực ngoài nhà nước",
        "phát triển đoàn viên, thành lập công đoàn cơ sở trong các doanh nghiệp khu vực ngoài "
        "nhà nước",
        "đoàn viên",
        "tuyên truyền, vận động người lao động gia nhập tổ chức công đoàn",
    ),
    Campaign(
        "Chương trình “Mái ấm Công đoàn”",
        "hỗ trợ xây mới, sửa chữa nhà ở cho đoàn viên thuộc Chương trình “Mái ấm Công đoàn”",
        "căn nhà",
        "khảo sát, xét chọn đúng đối tượng được hỗ trợ",
    ),
)

TASKS = (
    "Tổ chức quán triệt, tuyên truyền sâu rộng mục đích, ý nghĩa của {name} đến từng đoàn viên, "
    "người lao động bằng nhiều hình thức phù hợp với điều kiện thực tế của đơn vị.",
    "Chủ động tham mưu cấp ủy, phối hợp với chính quyền, người sử dụng lao động tạo điều kiện về "
    "thời gian, nguồn lực để đoàn viên {deed}.",
    "Người đứng đầu công đoàn các cấp trực tiếp chỉ đạo, phân công cụ thể nhiệm vụ, thường xuyên "
    "kiểm tra, đôn đốc và chịu trách nhiệm về kết quả thực hiện ở đơn vị mình.",
    "Kịp thời phát hiện, bồi dưỡng, biểu dương, khen thưởng các tập thể, cá nhân tiêu biểu; nhân "
    "rộng mô hình hay, cách làm sáng tạo, hiệu quả trong đoàn viên, người lao động.",
    "Đẩy mạnh ứng dụng công nghệ thông tin; đăng tải tin, bài, hình ảnh trên trang thông tin điện "
    "tử và các nền tảng mạng xã hội của tổ chức Công đoàn.",
    "Đưa kết quả thực hiện vào tiêu chí đánh giá, xếp loại chất lượng hoạt động công đoàn cơ sở "
    "cuối năm và xét khen thưởng chuyên đề.",
    "Tập trung khu vực sản xuất, kinh doanh và các khu công nghiệp có đông công nhân lao động; chú "
    "trọng đoàn viên là lao động nữ, lao động trẻ.",
    "Quản lý, sử dụng kinh phí tiết kiệm, công khai, minh bạch, đúng quy định của Nhà nước và của "
    "Tổng Liên đoàn Lao động Việt Nam.",
    "Phối hợp với cơ quan báo, đài địa phương mở chuyên mục giới thiệu gương người tốt, việc tốt; "
    "phê phán biểu hiện hình thức, chạy theo thành tích.",
    "Rà soát, tháo gỡ kịp thời những khó khăn, vướng mắc phát sinh từ cơ sở; kiến nghị cấp có thẩm "
    "quyền xem xét, giải quyết những vấn đề vượt thẩm quyền.",
)
AIMS = (
    "Khơi dậy tinh thần thi đua yêu nước, phát huy trí tuệ, sức sáng tạo của đoàn viên, công nhân, "
    "viên chức, lao động, góp phần hoàn thành thắng lợi nhiệm vụ kinh tế - xã hội của địa phương.",
    "Nâng cao nhận thức, trách nhiệm của cán bộ công đoàn các cấp trong việc tổ chức, vận động và "
    "chăm lo, bảo vệ quyền, lợi ích hợp pháp, chính đáng của đoàn viên, người lao động.",
    "Việc triển khai bảo đảm thiết thực, hiệu quả, tránh hình thức, phù hợp với đặc điểm của từng "
    "ngành, từng địa phương, đơn vị và yêu cầu phòng, chống dịch.",
)
COVERAGE = (
    "công đoàn cấp trên trực tiếp cơ sở xây dựng kế hoạch triển khai thực hiện",
    "công đoàn cơ sở tổ chức phát động và đăng ký tham gia",
    "cán bộ công đoàn chuyên trách được tập huấn về nội dung, cách thức thực hiện",
    "đoàn viên, người lao động được tuyên truyền, phổ biến",
    "doanh nghiệp có tổ chức công đoàn ký kết thỏa ước lao động tập thể",
)


def person(rng: random.Random) -> str:
    """An invented name of common syllables."""
    if rng.random() < 0.5:
        return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE_M)} {rng.choice(GIVEN_M)}"
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE_F)} {rng.choice(GIVEN_F)}"
