"""Evidence for one report or one number: an HTML page, or text with a picture."""

from __future__ import annotations

from gongkai.proof.prove import NumberProof, Prover, prove_number, prove_report

__all__ = ["NumberProof", "Prover", "prove_number", "prove_report"]
