"""The documentation as an offline static site: texts, notebooks, reference, live scopes."""
