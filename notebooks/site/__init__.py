"""The notebooks as a static site: pages that need no kernel, no server and no network."""
