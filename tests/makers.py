"""Files for tests, good and hostile, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

TINOS = Path("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf")

CONG_VAN = """LIÊN ĐOÀN LAO ĐỘNG TỈNH HÀ GIANG
CÔNG ĐOÀN NGÀNH Y TẾ

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 45/CĐN

Hà Giang, ngày 12 tháng 5 năm 2022

V/v đẩy mạnh phong trào thi đua

Kính gửi: Các công đoàn cơ sở trực thuộc

Thực hiện Kế hoạch số 12/KH-LĐLĐ ngày 05/4/2022 của Liên đoàn Lao động tỉnh, Công đoàn ngành đề nghị
các công đoàn cơ sở đăng ký ít nhất 150 sáng kiến và gửi báo cáo trước ngày 30/6/2022./.

Nơi nhận:
- Như trên;
- Lưu: VT.

TM. BAN THƯỜNG VỤ
CHỦ TỊCH

Nguyễn Văn Mẫu
"""


def page_image(
    text: str = CONG_VAN, *, dpi: int = 150, size: tuple[float, float] = (8.27, 11.69)
) -> Image.Image:
    """A4 page with printed text, grey."""
    image = Image.new("L", (round(size[0] * dpi), round(size[1] * dpi)), 255)
    font = ImageFont.truetype(str(TINOS), round(13 / 72 * dpi))
    draw = ImageDraw.Draw(image)
    y = round(0.8 * dpi)
    for line in text.splitlines():
        draw.text((round(0.8 * dpi), y), line[:85], font=font, fill=20)
        y += round(0.24 * dpi)
    return image


def scanned_pdf(path: Path, images: list[Image.Image] | None = None, dpi: int = 150) -> Path:
    """A PDF whose pages are JPEG images and nothing else."""
    pdf = pikepdf.new()
    for image in images or [page_image(dpi=dpi)]:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=85)
        width, height = image.width / dpi * 72, image.height / dpi * 72
        page = pdf.add_blank_page(page_size=(width, height))
        stream = pdf.make_stream(
            data.getvalue(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=image.width,
            Height=image.height,
            ColorSpace=pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream))
        page.obj.Contents = pdf.make_stream(f"{width} 0 0 {height} 0 0 cm /Im Do".encode())
    pdf.save(path)
    return path


#: Sentences of directives, made up for these tests.
SENTENCES = (
    "Thực hiện Kế hoạch số 15/KH-LĐLĐ ngày 05/01/2004, Ban Thường vụ yêu cầu các cấp công đoàn.",
    "Công đoàn cơ sở phối hợp với chuyên môn tổ chức hội nghị cán bộ, công chức, viên chức.",
    "Đề nghị các đơn vị gửi báo cáo về Văn phòng trước ngày 30 tháng 11 năm 2003 để tổng hợp.",
    "Mỗi công đoàn cấp trên cơ sở chọn từ 2 đến 3 tập thể tiêu biểu, có thành tích xuất sắc.",
    "Uỷ ban Kiểm tra giúp Ban Chấp hành giải quyết khiếu nại, tố cáo của đoàn viên, lao động.",
    "Quỹ hỗ trợ vốn cho người nghèo được sử dụng đúng mục đích, không để xảy ra thất thoát.",
    "Việc nâng lương, thưởng và phụ cấp thực hiện theo quy chế đã được đại hội thông qua.",
    "Nữ công nhân khoẻ, giỏi việc nước, đảm việc nhà được biểu dương nhân dịp ngày 8 tháng 3.",
    "Những nơi mưa lũ kéo dài phải chủ động kế hoạch, kịp thời cứu trợ và ổn định đời sống.",
    "Tuyên truyền, vận động đoàn viên hưởng ứng cuộc vận động xây dựng người cán bộ gương mẫu.",
)


def text_pdf(path: Path, text: str = CONG_VAN) -> Path:
    """A born-digital PDF."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Tinos", str(TINOS)))
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    canvas.setFont("Tinos", 13)
    y = 780
    for line in text.splitlines():
        canvas.drawString(60, y, line)
        y -= 18
    canvas.save()
    return path


def legacy_pdf(path: Path, held: str, font: str = "Times-Roman") -> Path:
    """A born-digital PDF whose font takes its codes for Western letters, as .VnTime fonts do.

    ``font`` is the name that the file gives it.
    """
    lines = b"".join(
        b"(" + line.replace("(", "[").replace(")", "]").encode("cp1252", "replace") + b") Tj T*\n"
        for line in held.splitlines()
    )
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    face = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name("/" + font),
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.make_indirect(face)))
    page.obj.Contents = pdf.make_stream(b"BT /F 6 Tf 7 TL 60 800 Td\n" + lines + b"ET")
    pdf.save(path, deterministic_id=True)
    return path


def encrypted_pdf(path: Path) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return path


def truncated_pdf(path: Path) -> Path:
    whole = scanned_pdf(path.with_suffix(".whole"))
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    whole.unlink()
    return path


def many_pages_pdf(path: Path, pages: int) -> Path:
    """A flat page tree of empty pages, written by hand because it is quick."""
    out = io.BytesIO()
    offsets = []

    def obj(number: int, body: str) -> None:
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())

    out.write(b"%PDF-1.4\n")
    obj(1, "<</Type/Catalog/Pages 2 0 R>>")
    kids = " ".join(f"{n} 0 R" for n in range(3, pages + 3))
    obj(2, f"<</Type/Pages/Count {pages}/Kids[{kids}]>>")
    for n in range(3, pages + 3):
        obj(n, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
    start = out.tell()
    out.write(f"xref\n0 {pages + 3}\n0000000000 65535 f \n".encode())
    for offset in offsets:
        out.write(f"{offset:010d} 00000 n \n".encode())
    out.write(f"trailer<</Size {pages + 3}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())
    path.write_bytes(out.getvalue())
    return path


def wide_pdf(path: Path, inches: float = 200) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(inches * 72, 842))
    pdf.save(path)
    return path


def deflate_bomb_pdf(path: Path, megabytes: int = 2048) -> Path:
    """A page whose content stream unpacks a thousandfold."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    data = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, data)
    stream.write(data, filter=pikepdf.Name.FlateDecode)
    page.obj.Contents = pdf.make_indirect(stream)
    pdf.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def huge_png(path: Path, side: int = 60_000) -> Path:
    """A PNG of ``side`` x ``side`` pixels in a few kilobytes: its rows are never written out."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 2**16)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path
