"""How the documentation is built. Neither the build nor its pages need a network."""

from __future__ import annotations

import sys
from pathlib import Path

import nelfin

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

project = "nelfin"
author = "nelfin contributors"
project_copyright = "The nelfin contributors. Code under the MIT licence"
version = release = nelfin.__version__
language = "en_GB"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",  # in _ext
    "generated",  # in _ext
    "shown",  # in _ext
]
exclude_patterns = ["_build", "_generated", "_ext"]

html_theme = "furo"
html_title = f"nelfin {release}"
html_static_path = ["_static"]
html_css_files = ["nelfin.css"]
html_math_renderer = "mathml"
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# the analyst's guide runs; the longer notebooks of examples/ run in CI by themselves
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_render_markdown_format = "myst"

# single backquotes in docstrings are names
default_role = "code"
highlight_language = "text"
autodoc_member_order = "bysource"
autodoc_type_aliases = {
    "npt.ArrayLike": "ArrayLike",
    "SolverName": "SolverName",
}
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 72
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_attr_annotations = False
