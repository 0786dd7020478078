"""The publish room: what the archive holds, in the forms that others read.

``formats`` names them; ``jsonl`` writes the contract itself, ``contract`` is its JSON Schema.
"""

from pipeline.publish.contract import directive_schema
from pipeline.publish.formats import FORMATS, Format, format_named, writer
from pipeline.publish.jsonl import write_jsonl

__all__ = ["FORMATS", "Format", "directive_schema", "format_named", "write_jsonl", "writer"]
