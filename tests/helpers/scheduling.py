"""The order of test files in parallel runs: so that all processes end at about the same time."""

from __future__ import annotations

# The files that take most time, the longest first. Shorter ones fill the gaps at the end.
LONGEST_FIRST = (
    "tests/golden/test_scans.py",
    "tests/unit/ingestion/test_hostile.py",
    "tests/browser/test_review_pages.py",
    "tests/unit/ingestion/test_cluster.py",
    "tests/notebooks/test_notebooks.py",
    "tests/golden/test_corpus.py",
    "tests/browser/test_proof_page.py",
    "tests/golden/test_mutations.py",
    "tests/unit/ingestion/test_batch.py",
    "tests/unit/database/test_postgres.py",
    "tests/fault/test_faults.py",
    "tests/fuzz/test_fuzz.py",
    "tests/cli/test_cli_commands.py",
    "tests/unit/test_docs.py",
    "tests/unit/ingestion/test_resume.py",
    "tests/unit/test_public_api.py",
    "tests/cli/test_decisions_command.py",
    "tests/cli/test_desk.py",
    "tests/property/test_changed_forms.py",
    "tests/property/test_grids_as_drawn.py",
    "tests/unit/ingestion/test_pool.py",
    "tests/unit/decisions/test_apply.py",
    "tests/unit/database/test_database.py",
)
