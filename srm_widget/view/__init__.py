"""Views: what the page is shown, as plain data that knows no widget."""
