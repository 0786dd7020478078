"""Documents to try vanthu on: written, typeset, inked and worn here, each with its exact truth."""
