"""The anywidget: traits, messages, and who owns which state."""
