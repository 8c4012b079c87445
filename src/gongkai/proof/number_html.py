"""The proof of one number as a piece of HTML, for notebooks."""

from __future__ import annotations

import base64

from gongkai.proof.number_facts import number_facts, number_heading
from gongkai.proof.prove import NumberProof
from gongkai.render.html import html_templates


def number_html(number: NumberProof) -> str:
    """The picture of the lines around a number above what is known of it, in one element."""
    template = html_templates("gongkai.proof").get_template("number.html")
    return template.render(
        heading=number_heading(number),
        facts=list(number_facts(number)),
        page=number.cells[0].observation.page,
        picture=base64.b64encode(number.png).decode("ascii"),
    )
