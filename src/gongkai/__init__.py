"""gongkai: published Chinese government reports, from PDF to a proved dataset."""

__version__ = "0.1.0"
