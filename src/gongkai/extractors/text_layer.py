"""Decides whether a page's text layer can be trusted; other readers read the pages where not.

A scan must not count as an empty page, and characters that a font maps wrongly must not count
as text. Where a font is neither in the file nor on this machine, pdfium reports
characters without height, and drops a character that is alone on its line; pdfplumber needs
no font to report characters and their places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from gongkai.errors import NotAReport, UnreadableFile
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.families.country import TextLayer
from gongkai.families.family import Subject
from gongkai.model import Page
from gongkai.problems import message

_NUMBERS = re.compile(r"[\d.,%-]+")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
# Control characters, and letters of Western European languages: hardly any in a Chinese report.
_FOREIGN = re.compile("[\x01-\x08\x0e-\x1f\x80-\x9f\u00c0-\u024f]")
_MAX_FOREIGN = 8  # on a page; names and pinyin have fewer. Other pages are then tested by share
_MAX_FOREIGN_SHARE = 0.015  # of the characters of a page
_UNKNOWN = "\ufffd"
_UNMAPPED = "的文字层缺字符对应"
_MAX_UNMAPPED = 3  # unmapped characters on a page; fewer may be stray symbols
_MAX_PRIVATE_SHARE = 0.04  # of the characters; bullets of office fonts are fewer
_MIN_HEIGHT = 0.01  # font sizes: the ink of every character except 一 is higher
_SAMPLE_STEP = 8  # one in this many characters of a page is tested
_MAX_FLAT_SHARE = 0.1  # of the characters; the share of 一 and of ruled blanks is lower
# The most frequent groups of three letters in English make up 4 % to 7 % of its text.
_ENGLISH_TRIGRAMS = ("the", "and", "ing", "ion", "ent", "for", "ter", "ati")
_MIN_TRIGRAM_SHARE = 0.02
_MAX_PAGES_BEFORE_SUBJECT = 2  # pages of OCR that may be a cover and a table of contents
_MAX_OCR_PAGES = 120  # in one file: more pages take many minutes and are not one report


def reread_missing_fonts(pages: Sequence[Page], path: Path) -> list[Page]:
    """Replace the characters of pages with missing fonts by those that pdfplumber reads.

    A page that pdfplumber cannot read stays as it is.
    """
    affected = [page.number for page in pages if _has_missing_font(page)]
    readings = {r.number: r for r in read_with_pdfplumber(path, affected)} if affected else {}
    return [
        replace(page, chars=readings[page.number].chars, reader="pdfplumber")
        if page.number in readings
        else page
        for page in pages
    ]


def with_ocr(pages: Sequence[Page], ocr: FileOcr, rules: TextLayer, subject: Subject) -> list[Page]:
    """Return the pages; those with an untrusted text layer, or all if so chosen, read by OCR.

    Raises UnreadableFile if the file has no text, if a page needs OCR and the options forbid
    it, or if too many pages need it. Raises NotAReport if neither the trusted pages nor the
    first pages that OCR reads mention the subject. Raises OcrMissing if OCR is
    needed and not installed.
    """
    mode = ocr.options.ocr
    reasons = untrusted_pages(pages, rules)
    wanted = [page for page in pages if mode == "always" or page.number in reasons]
    if wanted and mode == "never":
        first = wanted[0].number
        raise UnreadableFile(message("ocr_refused", page=first, reason=reasons[first]))
    if len(wanted) > _MAX_OCR_PAGES:
        raise UnreadableFile(message("ocr_too_many_pages", pages=len(wanted), most=_MAX_OCR_PAGES))
    if not wanted and _is_mismapped(pages, ocr, rules):
        wanted = list(pages)
    wanted += _garbled_pages(pages, wanted, ocr)
    drawn = _drawn_pages(pages, wanted, ocr, rules)
    if wanted or drawn:
        read = _read_relevant_pages(pages, [*wanted, *drawn], ocr, subject)
        for page in drawn:  # its ink may be a picture without text
            if len(read[page.number].chars) <= len(page.chars):
                del read[page.number]
        pages = [read.get(page.number, page) for page in pages]
    if not any(page.chars for page in pages):
        raise UnreadableFile(message("no_text"))
    return list(pages)


def _read_relevant_pages(
    pages: Sequence[Page], wanted: Sequence[Page], ocr: FileOcr, subject: Subject
) -> dict[int, Page]:
    """The wanted pages as OCR reads them, by number.

    Raises NotAReport after two pages if no page so far mentions the subject, so that OCR does
    not read scans of other documents completely.
    """
    numbers = {page.number for page in wanted}
    texts = [page.text for page in pages if page.number not in numbers]
    read: dict[int, Page] = {}
    with closing(ocr.iterate_pages(wanted)) as readings:
        for page in readings:
            read[page.number] = page
            texts.append(page.text)
            if len(read) == _MAX_PAGES_BEFORE_SUBJECT < len(wanted) and not any(
                map(subject.is_in, texts)
            ):
                raise NotAReport(message("not_a_report_scan"))
    return read


def _garbled_pages(pages: Sequence[Page], wanted: Sequence[Page], ocr: FileOcr) -> list[Page]:
    """Other pages on which a font maps some of its characters to others, such as 报 to ç.

    Some programs that rewrite PDFs produce such text layers. Common words may survive in them.
    The test by share applies once any page has more than ``_MAX_FOREIGN`` foreign letters.
    """
    known = {page.number for page in wanted}
    texts = {page.number: page.text for page in pages if page.number not in known}
    foreign = {number: len(_FOREIGN.findall(text)) for number, text in texts.items()}
    if max(foreign.values(), default=0) <= _MAX_FOREIGN or len(texts) > _MAX_OCR_PAGES:
        return []
    numbers = [n for n, text in texts.items() if foreign[n] > _MAX_FOREIGN_SHARE * len(text)]
    return [page for page in pages if page.number in numbers] if ocr.available else []


def _drawn_pages(
    pages: Sequence[Page], wanted: Sequence[Page], ocr: FileOcr, rules: TextLayer
) -> list[Page]:
    """Other pages with ink but hardly any text: characters drawn as outlines or by a pattern."""
    known = {page.number for page in wanted}
    sparse = [
        page
        for page in pages
        if len(page.chars) < rules.min_text_chars and page.number not in known
    ]
    if not sparse or len(sparse) > _MAX_OCR_PAGES or not ocr.available:
        return []
    inked = ocr.inked_pages(sparse)
    return [page for page in sparse if page.number in inked]


def _is_mismapped(pages: Sequence[Page], ocr: FileOcr, rules: TextLayer) -> bool:
    """Does OCR find a common word on the first page, while no text layer has one?"""
    first = next((page for page in pages if page.chars), None)
    if (
        first is None
        or len(pages) > _MAX_OCR_PAGES
        or any(_has_common_words(page.text, rules) for page in pages)  # nearly always
        or _is_english(first.text)
        or not ocr.available
    ):
        return False
    return _has_common_words(ocr.read_pages([first])[0].text, rules)


def untrusted_pages(pages: Sequence[Page], rules: TextLayer) -> dict[int, str]:
    """Return the numbers of pages with an untrusted text layer, with the reason in Chinese.

    If a font has no character map on one page, every page with an unmapped character counts.
    """
    found = {p.number: reason for p in pages if (reason := distrust_reason(p, rules))}
    if _UNMAPPED in found.values():
        for page in pages:
            if any(_is_unmapped(char.text) for char in page.chars):
                found.setdefault(page.number, _UNMAPPED)
    return found


def distrust_reason(page: Page, rules: TextLayer) -> str | None:
    """Return in Chinese why a page's text layer cannot be trusted; None if it can."""
    text = page.text
    private = len(_PRIVATE_USE.findall(text))
    max_private = max(_MAX_UNMAPPED, _MAX_PRIVATE_SHARE * len(text))
    if text.count(_UNKNOWN) >= _MAX_UNMAPPED or private > max_private:
        return _UNMAPPED
    if len(text) < rules.min_text_chars:
        if page.image_share >= rules.scan_image_share:
            return "是图片，没有文字层"
        return None
    if _has_common_words(text, rules) or _is_english(text):
        return None
    words = _NUMBERS.sub("", text)  # the page of a table may have more digits than words
    chinese = sum("\u3400" <= c <= "\u9fff" or "\u2e80" <= c <= "\u2fdf" for c in words)
    if chinese < rules.min_chinese_share * len(words):
        return "文字层没有真实的字符对应，读出来不是中文"
    return None


def _has_common_words(text: str, rules: TextLayer) -> bool:
    """Does a text contain any of the words that are common in reports of the country?"""
    return any(word in text for word in rules.common_words)


def _is_english(text: str) -> bool:
    """Is a text English? In text with a wrong character map, English trigrams are rare."""
    letters = text.lower()
    return sum(map(letters.count, _ENGLISH_TRIGRAMS)) > _MIN_TRIGRAM_SHARE * len(letters)


def _is_unmapped(char: str) -> bool:
    return char == _UNKNOWN or _PRIVATE_USE.match(char) is not None


def _has_missing_font(page: Page) -> bool:
    sample = page.chars[::_SAMPLE_STEP]
    flat = sum([c.bottom - c.top < _MIN_HEIGHT * c.size for c in sample])
    return flat > _MAX_FLAT_SHARE * len(sample)
