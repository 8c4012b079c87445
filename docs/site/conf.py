"""The documentation site: ``make site`` builds it from the Markdown pages, without a network."""

from __future__ import annotations

import logging
from typing import Any

import jieba
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment.adapters.toctree import TocTree
from sphinx.search.zh import SearchChinese

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
html_static_path = ["static"]
html_css_files = ["site.css"]
html_search_language = "zh"  # cuts Chinese text into words, and finds English words as well

jieba.setLogLevel(logging.WARNING)
SearchChinese.language_name = "English"  # Sphinx 9.0 names a stemmer in Chinese that it lacks

CHINESE_START = "docs/zh/index"
# The theme's words on Chinese pages
CHINESE_WORDS = {
    "Back to top": "回到顶部",
    "Home": "首页",
    "Next": "下一篇",
    "On this page": "本页目录",
    "Previous": "上一篇",
    "Search": "搜索",
}


def setup(app: Sphinx) -> None:
    """Show Chinese pages in Chinese; this runs before the theme draws the navigation (500)."""
    app.connect("html-page-context", show_in_chinese, priority=400)


def show_in_chinese(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give a Chinese page its language, words and navigation."""
    if not (page.startswith("docs/zh/") or page.endswith(".zh-CN")):
        return

    def word(english: str) -> str:
        return CHINESE_WORDS.get(english, english)

    def navigation(**_options: Any) -> str:
        trees = (
            TocTree(app.env).resolve(page, app.builder, tree, prune=False, titles_only=True)
            for tree in app.env.get_doctree(CHINESE_START).findall(addnodes.toctree)
        )
        return "".join(app.builder.render_partial(tree)["fragment"] for tree in trees if tree)

    context.update(language="zh-CN", _=word, gettext=word, toctree=navigation)
