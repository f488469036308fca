"""The anywidget `SRMScope`: its traits, its messages, and its background tasks."""
