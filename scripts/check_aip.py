"""Validate archival information packages; ``scripts/check-aip`` runs it in its own environment.

For each package (a folder or a ZIP file): eark-validator with both sets of CSIP rules that it has
(structure, METS schema, Schematron), every METS against METS 1.12, every PREMIS against PREMIS 3,
and size and SHA-256 of every file that a METS names. Needs no network: eark-validator fetches four
vocabularies when it is imported, and has them in its wheel too, so they are read from there.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

METS = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
XLINK_AT = b"http://www.loc.gov/standards/xlink/xlink.xsd"


def main() -> int:
    """Print what is wrong; 0 where nothing is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--schemas", type=Path, required=True, help="mets, premis and xlink .xsd")
    parser.add_argument("packages", nargs="+", type=Path)
    chosen = parser.parse_args()
    wrong = 0
    for package in chosen.packages:
        try:
            problems = list(problems_of(package, chosen.schemas))
        except Exception as error:
            problems = [{"rules": "all", "message": f"cannot be checked: {error!r}"}]
        for problem in problems:
            print(json.dumps({"package": str(package), **problem}, ensure_ascii=False))
        wrong += bool(problems)
        print(f"{package}: {f'{len(problems)} problems' if problems else 'valid'}", file=sys.stderr)
    return 1 if wrong else 0


def problems_of(package: Path, schemas: Path) -> Iterator[dict[str, str]]:
    """Everything of severity warning or error."""
    with tempfile.TemporaryDirectory() as scratch:
        root = package
        if package.is_file():
            with zipfile.ZipFile(package) as archive:
                archive.extractall(scratch)
            root = next(Path(scratch).iterdir())
        yield from by_rules(root)
        yield from by_schema(root, schemas)
        yield from by_fixity(root)


def by_rules(root: Path) -> Iterator[dict[str, str]]:
    """What eark-validator says."""
    for version, report in reports(root):
        told = [report.structure] if report.structure else []
        if report.metadata is not None:
            told += [report.metadata.schema_results, report.metadata.schematron_results]
        else:
            yield {"rules": version, "message": "the metadata was not looked at"}
        for part in told:
            for message in part.messages:
                if message.severity.value != "Info":  # what a package may have, too
                    yield {
                        "rules": version,
                        "id": str(message.rule_id),
                        "severity": str(message.severity.value),
                        "where": str(message.location),
                        "message": str(message.message),
                    }


def reports(root: Path) -> Iterator[tuple[str, object]]:
    """Its report by each version of CSIP."""
    urllib.request.urlopen = from_the_wheel
    from eark_validator.packages import PackageValidator
    from eark_validator.specifications.specification import SpecificationVersion

    for version in SpecificationVersion:
        yield version.value, PackageValidator(root, version).validation_report


def from_the_wheel(url: str) -> io.BytesIO:
    """A vocabulary by its address; only those in the wheel."""
    vocabularies = files("eark_validator.ipxml.resources").joinpath("vocabs")
    return io.BytesIO(vocabularies.joinpath(url.rsplit("/", 1)[1]).read_bytes())


def by_schema(root: Path, schemas: Path) -> Iterator[dict[str, str]]:
    """METS and PREMIS against their XML Schemas."""
    for name, pattern in (("mets.xsd", "METS.xml"), ("premis-v3-0.xsd", "PREMIS*.xml")):
        schema = loaded(schemas, name)
        for file in sorted(root.rglob(pattern)):
            if not schema.validate(etree.parse(str(file))):
                for error in schema.error_log:
                    where = f"{file.relative_to(root)}:{error.line}"
                    yield {"rules": name, "where": where, "message": error.message}


def loaded(schemas: Path, name: str) -> etree.XMLSchema:
    """A schema whose import of xlink is found beside it."""
    local = (
        (schemas / name).read_bytes().replace(XLINK_AT, (schemas / "xlink.xsd").as_uri().encode())
    )
    return etree.XMLSchema(etree.fromstring(local))


def by_fixity(root: Path) -> Iterator[dict[str, str]]:
    """Files that a METS names and that are missing or other, and files that none names."""
    named = {root / "METS.xml"}
    for mets in sorted(root.rglob("METS.xml")):
        for entry in etree.parse(str(mets)).iter(f"{METS}file", f"{METS}mdRef"):
            place = entry.find(f"{METS}FLocat") if entry.tag == f"{METS}file" else entry
            file = mets.parent / unquote(place.get(HREF))
            named.add(file)
            data = file.read_bytes() if file.is_file() else b""
            measured = (str(len(data)), hashlib.sha256(data).hexdigest().upper())
            if measured != (entry.get("SIZE"), entry.get("CHECKSUM")):
                yield {
                    "rules": "fixity",
                    "where": str(file.relative_to(root)),
                    "message": "differs",
                }
    for file in sorted(root.rglob("*")):
        if file.is_file() and file not in named:
            where = str(file.relative_to(root))
            yield {"rules": "fixity", "where": where, "message": "no METS names it"}


if __name__ == "__main__":
    sys.exit(main())
