"""One report, or one number, with its proof: for a person who doubts it."""

from __future__ import annotations

from gongkai.proof.prove import Number, prove_number, prove_report

__all__ = ["Number", "prove_number", "prove_report"]
