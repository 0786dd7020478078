"""What paper and scanner do to a page: every effect a parameter, every choice from the seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Sheet = NDArray[np.uint8]
Level = Literal["clean", "light", "worn", "heavy"]
Mode = Literal["colour", "grey", "bilevel"]


@dataclass(frozen=True)
class Wear:
    """Strengths of the effects. Lengths are for 200 dpi and scale with the resolution."""

    skew_deg: float = 0.0
    blur_px: float = 0.0
    noise: float = 0.0
    tint: tuple[int, int, int] = (255, 255, 255)
    uneven: float = 0.0
    show_through: float = 0.0
    fade: float = 0.0
    specks: int = 0
    scanner_line: bool = False
    edge: bool = False
    jpeg_quality: int = 75
    threshold: int = 150


_UPPER: Final[dict[Level, Wear]] = {
    "clean": Wear(jpeg_quality=80),
    "light": Wear(0.35, 0.45, 1.5, (252, 251, 247), 0.03, 0.03, 0.05, 12, False, False, 60),
    "worn": Wear(0.9, 0.75, 4.0, (247, 243, 231), 0.1, 0.09, 0.25, 60, True, True, 60),
    "heavy": Wear(2.0, 1.15, 8.0, (238, 229, 206), 0.24, 0.17, 0.5, 260, True, True, 45),
}
LEVELS: Final[tuple[Level, ...]] = ("clean", "light", "worn", "heavy")


def wear_of(level: Level, rng: np.random.Generator) -> Wear:
    """Wear of a page at this level: each strength between 60 and 100 % of the level's own."""
    top = _UPPER[level]
    share = rng.uniform(0.6, 1.0, 8)
    return Wear(
        skew_deg=round(float(top.skew_deg * share[0] * rng.choice((-1, 1))), 3),
        blur_px=round(top.blur_px * share[1], 3),
        noise=round(top.noise * share[2], 3),
        tint=top.tint,
        uneven=round(top.uneven * share[3], 3),
        show_through=round(top.show_through * share[4], 3),
        fade=round(top.fade * share[5], 3),
        specks=int(top.specks * share[6]),
        scanner_line=bool(top.scanner_line and rng.random() < 0.6),
        edge=bool(top.edge and rng.random() < 0.6),
        jpeg_quality=top.jpeg_quality,
        threshold=int(150 + rng.integers(-12, 13)) if level != "clean" else 150,
    )


def described(wear: Wear) -> dict[str, Any]:
    """The wear as it is written into the truth."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(wear).items()}


def _field(shape: tuple[int, int], cells: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise between 0 and 1, ``cells`` patches across."""
    coarse = rng.random((max(2, cells * shape[0] // shape[1]), cells)).astype(np.float32)
    smooth = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(smooth, np.float32), 0.0, 1.0)


def _faded(page: NDArray[np.float32], fade: float, rng: np.random.Generator) -> None:
    """A tired toner: the print is paler in patches."""
    loss = _field((page.shape[0], page.shape[1]), 9, rng)[..., None] * fade
    page += (255.0 - page) * loss * 0.8


def _shown_through(page: NDArray[np.float32], back: Sheet, strength: float, scale: float) -> None:
    """The other side of the sheet, mirrored, soft and faint."""
    mirror = cv2.GaussianBlur(back[:, ::-1], (0, 0), 1.4 * scale).astype(np.float32)
    if mirror.ndim == 2:
        mirror = mirror[..., None]
    page *= 1.0 - strength * (1.0 - mirror / 255.0)


def _lit(page: NDArray[np.float32], wear: Wear, rng: np.random.Generator) -> None:
    """Paper tint and uneven light: a slope across the page and slow waves."""
    channels = page.shape[2]
    tint = np.array(wear.tint, np.float32)
    page *= (tint if channels == 3 else tint.mean(keepdims=True)) / 255.0
    if wear.uneven:
        shape = (page.shape[0], page.shape[1])
        slope = np.linspace(0, 1, shape[1], dtype=np.float32)[None, :]
        if rng.random() < 0.5:
            slope = slope[:, ::-1]
        dark = 0.65 * slope**2 + 0.35 * _field(shape, 3, rng)
        page *= (1.0 - wear.uneven * dark)[..., None]


def _specked(page: NDArray[np.float32], wear: Wear, scale: float, rng: np.random.Generator) -> None:
    height, width = page.shape[:2]
    for _ in range(wear.specks):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        r = float(rng.gamma(1.2, 0.6)) * scale
        axes = (max(0, round(r)), max(0, round(r * float(rng.uniform(0.4, 1.0)))))
        tone = float(rng.uniform(20, 150)) if rng.random() < 0.8 else 255.0
        colour = (tone,) * page.shape[2]
        cv2.ellipse(page, at, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)


def _skewed(page: NDArray[np.float32], wear: Wear) -> NDArray[np.float32]:
    """Turned as it lay on the glass; the corners show the paper's own tone."""
    if not wear.skew_deg:
        return page
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), wear.skew_deg, 1.0)
    turned = cv2.warpAffine(
        page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, np.float32).reshape(page.shape)


def _scanned(page: NDArray[np.float32], wear: Wear, scale: float, rng: np.random.Generator) -> None:
    """Marks of the machine: a streak of dust on the glass, a dark edge, sensor noise."""
    height, width = page.shape[:2]
    if wear.scanner_line:
        x = int(rng.integers(width // 12, width - width // 12))
        thick = max(1, round(scale * float(rng.uniform(0.8, 2.0))))
        page[:, x : x + thick] *= float(rng.uniform(0.55, 0.85))
    if wear.edge:
        band = max(2, round(scale * float(rng.uniform(3, 12))))
        if rng.random() < 0.5:
            page[height - band :] *= 0.15
        else:
            page[:, :band] *= 0.3
    if wear.noise:
        page += rng.standard_normal((height, width, 1), dtype=np.float32) * wear.noise


def worn(
    sheet: Sheet, back: Sheet | None, wear: Wear, mode: Mode, dpi: int, rng: np.random.Generator
) -> Sheet:
    """The sheet (RGB) after its life: RGB, grey (2-d), or black and white (2-d, 0 and 255)."""
    scale = dpi / 200
    source = sheet if mode == "colour" else cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY)[..., None]
    page = np.asarray(source, np.float32).copy()
    if wear.fade:
        _faded(page, wear.fade, rng)
    if back is not None and wear.show_through:
        other = back if mode == "colour" else cv2.cvtColor(back, cv2.COLOR_RGB2GRAY)
        _shown_through(page, np.asarray(other, np.uint8), wear.show_through, scale)
    _lit(page, wear, rng)
    _specked(page, wear, scale, rng)
    page = _skewed(page, wear)
    if wear.blur_px:
        soft = cv2.GaussianBlur(page, (0, 0), wear.blur_px * scale)
        page = np.asarray(soft, np.float32).reshape(page.shape)
    _scanned(page, wear, scale, rng)
    done = np.clip(page, 0, 255).astype(np.uint8)
    if mode == "colour":
        return done
    grey = done[..., 0]
    if mode == "grey":
        return grey
    return np.where(grey < _threshold(wear), 0, 255).astype(np.uint8)


def _threshold(wear: Wear) -> int:
    """Darker paper is cut at a darker grey, as a scanner's automatic does."""
    return int(wear.threshold * (1.0 - 0.6 * wear.uneven) * float(np.mean(wear.tint)) / 255.0)
