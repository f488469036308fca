"""A scope outside its notebook: pages and what they hold."""
