"""vanthu: scanned Vietnamese trade-union documents in, a normalised archive of directives out."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("vanthu")
except PackageNotFoundError:  # running from a source tree that was never installed
    __version__ = "0+unknown"
