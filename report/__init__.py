"""The report: a day's frames in, findings, charts, documents and mail out. Talks to no server."""

__version__ = "0.1.0"
