"""Accuracy and speed, each a command that prints a table and writes JSON.

``python -m benchmarks all`` or one of ``words``, ``extract``, ``speed``, ``overhead``. The
reference material lies beside the repository; the figures, not the material, are kept here.
"""
