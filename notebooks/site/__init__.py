"""The notebooks executed, and what they show freed of all that needs a kernel."""
