"""Make samples: the committed dozen (``finished``), or many for benchmarks (``make``)."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from samples.fonts import FontUnfit
from samples.make import FINISHED, TRUTH, finished, on_demand
from samples.wear import LEVELS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m samples", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    dozen = verbs.add_parser("finished", help="make the committed dozen again")
    dozen.add_argument("--out", type=Path, help="another folder (truth goes into OUT/truth)")
    make = verbs.add_parser("make", help="make scanned PDFs for benchmarks")
    make.add_argument("--count", type=int, default=10)
    make.add_argument("--level", choices=LEVELS, default="worn")
    make.add_argument("--out", type=Path, required=True)
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--dpi", type=int, default=200)
    return parser


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    if args.verb == "finished":
        folder = args.out or FINISHED
        truth = args.out / "truth" if args.out else TRUTH
        made = finished()
    else:
        folder, truth = args.out, args.out / "truth"
        made = on_demand(args.count, args.level, args.seed, args.dpi)
    start, files, size = time.monotonic(), 0, 0
    try:
        for sample in made:
            sample.write(folder, truth)
            files, size = files + 1, size + len(sample.content)
            print(f"{folder / sample.name}  {len(sample.content) / 1000:.0f} kB")
    except FontUnfit as error:
        print(f"samples: {error}", file=sys.stderr)
        return 2
    spent = time.monotonic() - start
    print(f"{files} files, {size / 1e6:.2f} MB, {spent:.1f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
