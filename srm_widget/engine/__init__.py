"""Samples or counts behind one interface, and several of them in a timeline."""
