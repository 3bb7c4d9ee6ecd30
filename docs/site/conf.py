"""Settings of the documentation site: Furo, formulas as MathML, nothing from other servers."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

project = "Quotidian"
author = "The Quotidian developers"
copyright = "The Quotidian developers. Research use, not a medical device"
html_title = "Quotidian"
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 6
suppress_warnings = ["myst.header"]  # a generated page may skip a level of headings
root_doc = "index"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["quotidian/live.css", "site.css"]
html_js_files = [("start.js", {"type": "module"})]
html_show_sphinx = False
html_copy_source = False
html_favicon = "_static/icon.svg"
html_theme_options = {
    "sidebar_hide_name": False,
    "announcement": "Research use, not a medical device.",
    "light_css_variables": {"color-brand-primary": "#005a8c", "color-brand-content": "#005a8c"},
    "dark_css_variables": {"color-brand-primary": "#7cc4ea", "color-brand-content": "#7cc4ea"},
}
html_math_renderer = "mathml"


def setup(app: Any) -> None:
    """Formulas as MathML, which browsers draw without a script."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _display(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode
