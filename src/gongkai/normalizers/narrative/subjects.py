"""Finds what the figures of a paragraph are about, where only its first words say so.

教育支出（类）普通教育（款）小学教育（项）。年初预算为10万元，支出决算为9万元: both amounts are of
小学教育. Families name the pattern of such subjects in narrative.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.model import Paragraph
from gongkai.normalizers.narrative.phrases import Mention
from gongkai.normalizers.narrative.segmenting import normalize_sentence

_BRACKETS = re.compile("（[^）]*）")


class Subjects:
    """Finds the subjects of figures. Built once from the family.

    Group 1 of the ``pattern`` is the subject. It holds until another one is named, or until the
    paragraph ends.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    def named_in(
        self, mentions: Sequence[Mention], paragraph: Paragraph, start: int, text: str
    ) -> list[Mention]:
        """The numbers of a normalized sentence, each with its subject in its phrase.

        The sentence begins at ``start`` of the paragraph. A sub-heading above can be the subject.
        """
        heading = (paragraph.sub_heading or "").rpartition("／")[2]
        above = paragraph.text[:start]
        own, joined = self._last(f"{heading}。{above}"), self._last(f"{heading}{above}")
        # a heading may go on in the text: …（款）行 above 政运行（项）
        earlier = joined if own and joined.startswith(own) else own
        found = [(-1, earlier)] if earlier else []
        found += [(match.start(), match[1]) for match in self._pattern.finditer(text)]
        if not found:
            return list(mentions)
        return [_with_subject(mention, found) for mention in mentions]

    def _last(self, text: str) -> str:
        """The last subject of a text; "" if it has none."""
        found = [match[1] for match in self._pattern.finditer(normalize_sentence(text)[0])]
        return found[-1] if found else ""


def _with_subject(mention: Mention, subjects: Sequence[tuple[int, str]]) -> Mention:
    """A number, whose phrase names the last subject before it too."""
    own = [text for start, text in subjects if start < mention.number.start]
    if not own or own[-1] in mention.phrase or _core(own[-1]) in _core(mention.phrase):
        return mention
    return replace(mention, phrase=own[-1] + mention.phrase, counted=own[-1] + mention.counted)


def _core(text: str) -> str:
    return _BRACKETS.sub("", text)
