"""Locks, generators that work in short steps, and tasks in the background."""
