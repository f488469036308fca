"""How Sphinx builds the site. It reads the folder that `docs.site.sources` gathers."""

from importlib.metadata import version as version_of

project = "srm_widget"
author = "srm_widget developers"
project_copyright = author
release = version = version_of("srm_widget")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "myst_nb",
    "docs.site.live",
    "docs.site.signatures",
]
exclude_patterns = ["_extra", "_files"]
templates_path: list[str] = []
nitpicky = True
# Types of other projects: their pages are elsewhere, and nothing is fetched.
nitpick_ignore_regex = [
    (r"py:(class|exc|obj|meth|func|attr|data|mod)", r".*"),
]
default_role = "py:obj"

# Notebooks come executed.
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Solution, as code"  # the only cells that are hidden
nb_code_prompt_hide = "Hide the solution"
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_rtype = False
# As a list: links of their names would lead to the first class that has one of the same name.
napoleon_custom_sections = [("Attributes", "params_style")]
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_sidebars: dict[str, list[str]] = {
    "gallery": [],
    "getting-started": [],
}  # of sections without further pages
html_title = "srm_widget"
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "srm_widget"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_toc_level": 3,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "secondary_sidebar_items": ["page-toc"],
}
html_context = {"default_mode": "auto"}
copybutton_exclude = ".linenos, .gp, .go"
