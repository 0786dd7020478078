"""Text encodings that archives hold, found and read before anything else is done with a text.

TCVN3 (ABC), VNI, VISCII, VIQR, Windows-1258, UTF-16, letters in pieces, look-alikes of Đ, and UTF-8
that was taken for something else; in files as bytes, in text layers as Western characters.
What cannot be told is left as it stands, with a finding.
"""

from pipeline.ingest.encodings.decode import (
    Decoded,
    decode_bytes,
    decode_text,
    decode_tokens,
    font_encodings,
    unmarked_utf16,
)

__all__ = [
    "Decoded",
    "decode_bytes",
    "decode_text",
    "decode_tokens",
    "font_encodings",
    "unmarked_utf16",
]
