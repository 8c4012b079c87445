"""The documentation site: ``make site`` builds it from the Markdown pages, without a network."""

from __future__ import annotations

from gongkai import __version__

project = "gongkai"
author = "The gongkai maintainers"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/**/*.md",
    "pipelines/README.md",
    "samples/README.md",
    "samples/generator/README.md",
]
exclude_patterns = ["notebooks/**", "tests/**", ".venv/**", "site-out/**"]
myst_heading_anchors = 3
myst_links_external_new_tab = True
autodoc_typehints = "description"
autodoc_member_order = "bysource"
# Links to folders and files that are no pages; tests/unit/test_docs.py looks whether they exist.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]  # SQL with Chinese names, CSV
html_theme = "furo"
html_title = f"gongkai {__version__}"
html_copy_source = False
