"""The recipe of every result: the key under which it is stored.

A key is made of the input's key, the stage's name and version, its settings and its model's hash.
So a changed setting renames that stage's results and all that follow from them, and nothing else;
a result that is there under its key still stands.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from pydantic import BaseModel

from models.source import SourceDocument, SourcePage
from pipeline import check, clean, extract, ingest, recognise, repair
from pipeline.settings import Settings


def key_of(
    stage: str, version: str, settings: BaseModel | None, *inputs: str, model: str = ""
) -> str:
    """Hexadecimal SHA-256 of the recipe."""
    recipe = [
        stage,
        version,
        settings.model_dump(mode="json") if settings is not None else None,
        model,
        *inputs,
    ]
    text = json.dumps(recipe, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Plan:
    """Keys for one set of settings. Made once a run and handed to the workers.

    ``engine`` is empty until a scanned page needs it, so that texts are archived on a machine
    without an engine.
    """

    settings: Settings
    repair_model: str
    engine: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Plan:
        model = repair.model_hash() if settings.repair.enabled else ""
        return cls(settings=settings, repair_model=model)

    def with_engine(self) -> Plan:
        """The same plan with the engine's hash.

        :raises EnvironmentProblem: where the engine or its language is missing
        """
        engine = recognise.engine_hash(self.settings.recognise)
        return Plan(settings=self.settings, repair_model=self.repair_model, engine=engine)

    def ingest(self, sha256: str) -> str:
        return key_of("ingest", ingest.STAGE_VERSION, self.settings.ingest, sha256)

    def clean(self, source: SourceDocument, page: SourcePage) -> str:
        return key_of(
            "clean",
            clean.STAGE_VERSION,
            self.settings.clean,
            self.ingest(source.sha256),
            str(page.number),
        )

    def read(self, source: SourceDocument, page: SourcePage) -> str:
        """The text of a page before repair: from the engine, the text layer or the file."""
        if page.kind != "scan":
            return key_of(
                "read", recognise.STAGE_VERSION, None, self.ingest(source.sha256), str(page.number)
            )
        return key_of(
            "recognise",
            recognise.STAGE_VERSION,
            self.settings.recognise,
            self.clean(source, page),
            model=f"{self.engine}+{self.repair_model}",  # the language model votes too
        )

    def repair(self, source: SourceDocument, page: SourcePage) -> str:
        return key_of(
            "repair",
            repair.STAGE_VERSION,
            self.settings.repair,
            self.read(source, page),
            model=self.repair_model,
        )

    def extract(self, source: SourceDocument) -> str:
        pages = [self.repair(source, page) for page in source.pages]
        return key_of("extract", extract.STAGE_VERSION, self.settings.extract, *pages)

    def check(self, source: SourceDocument) -> str:
        return key_of("check", check.STAGE_VERSION, self.settings.check, self.extract(source))
