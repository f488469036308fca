"""The scope beside bqplot figures."""
