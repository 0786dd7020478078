"""One BagIt bag (RFC 8493) of an export: the originals, and what was made of them.

``data/<id>/`` holds ``original`` with its suffix, ``record.json``, ``dc.xml``, ``access.pdf``
(PDF/A) and ``alto/``; a text file has no pages, so it has neither of the last two. Documents are
written one after another, and the manifests with them, so that a bag may be larger than memory.

Nothing in a bag tells when it was made: the same archive gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

from models.failure import Failure
from pipeline import __version__
from pipeline.errors import InputError, UsageProblem
from pipeline.publish.folder import Exported, ExportItem, id_name, made_folder
from pipeline.publish.layout import fit
from pipeline.publish.payload import (
    Digests,
    digests_of,
    dublin_core_file,
    original_file,
    page_files,
    record_file,
)
from pipeline.publish.staging import staged

_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_AGENT: Final = "vanthu"
LEFT_OUT: Final = "left-out.jsonl"
_ALGORITHMS: Final = ("sha256", "sha512")
_OWN: Final = frozenset(
    {"bagit.txt", "bag-info.txt", "data", LEFT_OUT}
    | {f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in _ALGORITHMS}
)


def export_bag(items: Iterable[ExportItem], folder: Path) -> Iterator[Exported]:
    """Write all documents into one bag at ``folder``; one outcome for each, in order.

    The bag is there when the iterator is exhausted, and not before: an export that is stopped
    leaves what was there. A bag that an earlier export made is replaced. A document that cannot be
    written whole is left out; ``left-out.jsonl`` beside the manifests names it.

    :raises UsageProblem: ``folder`` cannot be written to, or holds something else
    """
    target = Path(os.path.abspath(folder))  # noqa: PTH100 - "." has no name; links are kept
    made_folder(target.parent)
    try:
        _check_place(target)
        with staged(target) as unfinished:
            with _Bag(unfinished) as bag:
                for item in items:
                    yield bag.add(item, target)
            bag.finish()
    except OSError as error:
        raise UsageProblem(
            f"{folder} cannot be written: {error.strerror}.",
            advice="Give -o a folder with enough space that you may write to.",
        ) from error


def _check_place(target: Path) -> None:
    """That nothing of anyone else is at ``target``."""
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink():
        if not any(target.iterdir()) or _is_ours(target):
            return
        raise UsageProblem(
            f"{target} holds other files, and a bag is a folder of its own.",
            advice="Give -o a new folder, an empty one, or that of an earlier bag.",
        )
    raise UsageProblem(f"{target} is not a folder.", advice="Give -o the path of a new folder.")


def _is_ours(folder: Path) -> bool:
    """Whether it is a bag of ours, to which nobody added a file."""
    if not {path.name for path in folder.iterdir()} <= _OWN:
        return False
    try:
        info = (folder / "bag-info.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return f"Bagging-Software-Agent: {_AGENT} " in info


class _Bag:
    """A bag being filled: its manifests, and what was counted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open = ExitStack()
        self._manifests: list[BinaryIO] = []
        self._bytes = self._files = self._documents = 0
        self._left_out: BinaryIO | None = None
        self._keeper = ""

    def __enter__(self) -> _Bag:
        (self.root / "data").mkdir()
        for name in _ALGORITHMS:
            path = self.root / f"manifest-{name}.txt"
            self._manifests.append(self._open.enter_context(path.open("xb")))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, item: ExportItem, target: Path) -> Exported:
        """One document more, whole, or left out with its reason."""
        folder = _free(self.root / "data", id_name(item.directive))
        folder.mkdir()
        # One export has one keeper; on one line, for a second one would be another label.
        self._keeper = fit(" ".join(item.custody.keeper.split()))
        try:
            paths = self._written(item, folder)
        except InputError as error:
            shutil.rmtree(folder)
            failure = error.as_failure("publish")
            self._note(item.directive.id, failure)
            return Exported(item.directive.id, failure=failure)
        for path in paths:
            self._list(path, digests_of(path))
        self._documents += 1
        places = tuple(target / path.relative_to(self.root) for path in paths)
        return Exported(item.directive.id, places)

    def _written(self, item: ExportItem, folder: Path) -> list[Path]:
        return [
            original_file(item, folder),
            record_file(item, folder / "record.json"),
            dublin_core_file(item, folder / "dc.xml"),
            *page_files(item, folder),
        ]

    def _list(self, path: Path, found: Digests) -> None:
        name = encoded(path.relative_to(self.root).as_posix())
        for manifest, digest in zip(self._manifests, (found.sha256, found.sha512), strict=True):
            manifest.write(f"{digest}  {name}\n".encode())
        self._bytes += found.size
        self._files += 1

    def _note(self, directive_id: str, failure: Failure) -> None:
        if self._left_out is None:
            self._left_out = self._open.enter_context((self.root / LEFT_OUT).open("xb"))
        told = {"id": directive_id} | failure.model_dump(mode="json")
        self._left_out.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")

    def finish(self) -> None:
        """The tag files, the tag manifests last."""
        (self.root / "bagit.txt").write_bytes(_DECLARATION)
        (self.root / "bag-info.txt").write_text(self._info(), encoding="utf-8")
        tags = sorted(path for path in self.root.iterdir() if path.is_file())
        for name in _ALGORITHMS:
            lines = [f"{_hashed(path, name)}  {path.name}\n" for path in tags]
            (self.root / f"tagmanifest-{name}.txt").write_text("".join(lines), encoding="utf-8")
        for path in self.root.iterdir():
            if path.is_file():
                _sync(path)

    def _info(self) -> str:
        told = [
            ("Bagging-Software-Agent", f"{_AGENT} {__version__}"),
            ("External-Description", f"{self._documents} documents of an archive: originals, "
             "records, PDF/A, ALTO, Dublin Core"),
            ("Payload-Oxum", f"{self._bytes}.{self._files}"),
        ]  # fmt: skip
        if self._keeper:
            told.insert(0, ("Source-Organization", self._keeper))
        return "".join(f"{label}: {value}\n" for label, value in told)


def encoded(path: str) -> str:
    """A path as manifests have it: CR, LF and ``%`` percent-encoded (RFC 8493, 2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _free(parent: Path, name: str) -> Path:
    """A name that is not taken; asked of the disk, so that millions need no memory."""
    free, count = parent / name, 1
    while free.exists():
        count += 1
        free = parent / f"{name}-{count}"
    return free


def _hashed(path: Path, algorithm: str) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
