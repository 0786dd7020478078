"""The recognise room."""
