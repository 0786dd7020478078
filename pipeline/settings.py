"""Every limit and default, the unit in its name.

Set by environment variables (``VANTHU_LIMITS__PAGE_SECONDS=300``), by a ``vanthu.toml`` in the
working directory, or by a file named in ``VANTHU_CONFIG``. Each stage has its own group, and only
that group (with the stage's version and model) decides whether its stored results still stand.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Group):
    """What one file, page or worker may cost. Nothing here changes a result, only whether it is."""

    file_megabytes: int = Field(512, gt=0, description="largest file that is read")
    text_file_megabytes: int = Field(16, gt=0, description="largest text file")
    document_pages: int = Field(2000, gt=0, description="most pages of one document")
    page_side_inches: float = Field(60.0, gt=0, description="longest side of a PDF page")
    image_megapixels: float = Field(120.0, gt=0, description="largest page image, in 10^6 pixels")
    examine_seconds: float = Field(120.0, gt=0, description="time to examine one file")
    page_seconds: float = Field(180.0, gt=0, description="time for one page, all stages together")
    document_seconds: float = Field(120.0, gt=0, description="time for extraction and checks")
    worker_memory_megabytes: int = Field(
        3072, ge=512, description="address space of a worker process and of each engine it starts"
    )
    folder_depth: int = Field(64, gt=0, description="deepest nesting of folders that is followed")


class IngestSettings(_Group):
    """How a source is examined and how pages become images."""

    render_dpi: int = Field(300, ge=72, le=600, description="pages that are no single image")
    min_dpi: int = Field(72, ge=36, description="an image below this is not trusted to be a scan")
    text_layer_min_chars: int = Field(
        100, ge=1, description="a text layer with fewer characters of content is no text layer"
    )
    text_layer_min_syllable_share: float = Field(
        0.6, ge=0, le=1, description="share of words that are possible Vietnamese syllables"
    )


class CleanSettings(_Group):
    """Page cleaning; see ``pipeline.clean``."""

    deskew_min_degrees: float = Field(1.5, ge=0, description="skew below this is left alone")
    deskew_max_degrees: float = Field(8.0, gt=0, description="skew above this is not believed")
    suppress_colour: bool = Field(True, description="take red and blue stamps off the print")
    blank_ink_share: float = Field(
        0.0008, ge=0, le=1, description="a page with less ink than this is blank"
    )


class RecogniseSettings(_Group):
    """The engine that reads page images."""

    engine: Literal["tesseract"] = "tesseract"
    language: str = "vie"
    page_segmentation_mode: int = Field(3, ge=0, le=13)
    second_engine: Literal["none", "trueocr"] = Field(
        "trueocr", description="reads each line once more; both vote on every word"
    )


class RepairSettings(_Group):
    """How sure repair must be before it changes a word."""

    min_probability: float = Field(0.9, ge=0, le=1, description="below this the raw form stands")
    enabled: bool = True


class ExtractSettings(_Group):
    """When a value counts as accepted."""

    accept_confidence: float = Field(0.9, ge=0, le=1)
    accept_probability: float = Field(
        0.95, ge=0, le=1, description="values read from images whose confidence is a probability"
    )
    fuse_confidence: float = Field(
        0.98, ge=0, le=1, description="handwritten serials and days on which several sources agree"
    )
    propose_confidence: float = Field(
        0.75, ge=0, le=1, description="below this a handwritten value is left open, not proposed"
    )
    enabled: bool = True


class CheckSettings(_Group):
    """Bounds of the checks."""

    earliest_year: int = 1945


class RunSettings(_Group):
    """How a run behaves."""

    jobs: int = Field(default=0, ge=0, description="workers at a time; 0: one for each core")
    breaker_min_failures: int = Field(
        8, ge=1, description="engine failures before the breaker looks at the rate"
    )
    breaker_share: float = Field(
        0.5, gt=0, le=1, description="share of failed pages that stops a run"
    )
    keep_page_images: bool = Field(True, description="store cleaned page images in the archive")


class StoreSettings(_Group):
    """How patient the program is with an object store that holds the archive's files."""

    connect_seconds: float = Field(10.0, gt=0, description="time to reach the server")
    read_seconds: float = Field(60.0, gt=0, description="time in which some answer must come")
    attempts: int = Field(4, ge=1, le=20, description="tries of one request")
    slowest_kilobytes_per_second: float = Field(
        100.0, gt=0, description="a transfer that is slower than this is given up"
    )
    cache_megabytes: int = Field(
        2048, ge=1, description="local copies of originals that are kept for the next page"
    )
    cache_hours: float = Field(
        24.0, gt=0, description="local copies that were not used for so long are removed"
    )


class CustodySettings(_Group):
    """What packages for preservation say of whoever keeps the documents; empty: not said.

    Codes are those of Circular 05/2025/TT-BNV, which the archive cannot read from a document.
    """

    keeper: str = Field("", description="name of the body that keeps the documents")
    keeper_code: str = Field("", description="its identification code")
    fonds_code: str = Field(
        "", pattern=r"^[A-Za-z0-9._-]{0,64}$", description="code of the fonds (mã phông)"
    )
    package_code: str = Field(
        "", max_length=100, description="archive's code of the package or file (arcFileCode)"
    )
    origin: Literal["", "0", "1"] = Field("", description="0: documents sent; 1: received")
    access_mode: Literal["", "01", "02", "03"] = Field(
        "", description="01: public; 02: on conditions; 03: secret (chế độ sử dụng)"
    )


class SqlSettings(_Group):
    """Asking the archive in SQL."""

    seconds: float = Field(60.0, gt=0, description="time for one query of 'vanthu sql'")


class ServeSettings(_Group):
    """The server: where it listens, who may ask, and what one asker may cost."""

    host: str = Field("127.0.0.1", description="address to listen on, unless --host says")
    port: int = Field(8417, ge=0, le=65535, description="port, unless --port says; 0: any free")
    token_on_loopback: bool = Field(
        False, description="demand a token on loopback too (behind a proxy on this machine)"
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="further names in the Host header (the name of a proxy)"
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="web pages that may ask from a browser (CORS); none"
    )
    access_log: bool = Field(False, description="a line on standard error for each request")
    requests_per_minute: int = Field(3000, gt=0, description="of one client or token")
    burst_requests: int = Field(300, gt=0, description="of one client or token at once")
    refusals_per_minute: int = Field(20, gt=0, description="wrong tokens from one address")
    clients_remembered: int = Field(
        10_000, gt=0, description="clients and sessions that are remembered"
    )
    session_idle_minutes: int = Field(60, gt=0, description="a session unseen for so long ends")
    session_hours: float = Field(12.0, gt=0, description="and so does one that is this old")
    url_bytes: int = Field(8192, ge=256, description="longest path and query")
    header_kilobytes: int = Field(16, gt=0, description="all headers of a request together")
    body_kilobytes: int = Field(256, gt=0, description="largest body of a request")
    incoming: str | None = Field(
        None,
        description="folder in which uploads wait; default: 'incoming' beside the archive's files",
    )
    upload_megabytes: int = Field(512, gt=0, description="largest file of an upload")
    upload_files: int = Field(2000, gt=0, description="most files of an upload")
    upload_total_megabytes: int = Field(20_000, gt=0, description="all files of an upload together")
    concurrent_uploads: int = Field(8, gt=0, description="files that are received at a time")
    header_seconds: float = Field(10.0, gt=0, description="time to send the headers")
    request_seconds: float = Field(10.0, gt=0, description="time for one answer")
    render_seconds: float = Field(120.0, gt=0, description="time for a PDF/A, ALTO, hOCR or crop")
    export_seconds: float = Field(3600.0, gt=0, description="time for an export or a download")
    idle_seconds: int = Field(15, gt=0, description="an idle connection is kept so long")
    shutdown_seconds: int = Field(10, ge=0, description="time for running requests when stopped")
    concurrent_connections: int = Field(256, gt=0, description="open connections")
    concurrent_requests: int = Field(64, gt=0, description="requests worked on at a time")
    concurrent_renderings: int = Field(2, gt=0, description="PDF/A and pictures made at a time")
    picture_megabytes: int = Field(64, ge=0, description="pictures of pages held in memory")
    threads: int = Field(8, ge=1, le=12, description="threads that ask the archive")
    page_rows: int = Field(100, gt=0, description="rows of a page of a list, unless asked")
    page_rows_most: int = Field(1000, gt=0, description="most rows of a page of a list")
    search_rows_most: int = Field(200, gt=0, description="most hits of a search")
    lookup_ids_most: int = Field(200, gt=0, description="most ids of a look-up")
    gzip_min_bytes: int = Field(1024, ge=0, description="shorter answers are not compressed")


class Settings(BaseSettings):
    """All settings. Environment variables come before the configuration file."""

    model_config = SettingsConfigDict(
        env_prefix="VANTHU_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    archive: str = Field("vanthu-archive", description="the archive, unless --archive says")
    files: str | None = Field(
        None,
        description="where originals and results lie: a folder or an object store's URL; "
        "default: the archive's folder",
    )
    limits: Limits = Limits()
    ingest: IngestSettings = IngestSettings()
    clean: CleanSettings = CleanSettings()
    recognise: RecogniseSettings = RecogniseSettings()
    repair: RepairSettings = RepairSettings()
    extract: ExtractSettings = ExtractSettings()
    check: CheckSettings = CheckSettings()
    run: RunSettings = RunSettings()
    store: StoreSettings = StoreSettings()
    custody: CustodySettings = CustodySettings()
    sql: SqlSettings = SqlSettings()
    serve: ServeSettings = ServeSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get("VANTHU_CONFIG", "vanthu.toml"))
        toml = TomlConfigSettingsSource(settings_cls, toml_file=file)
        return init_settings, env_settings, toml
