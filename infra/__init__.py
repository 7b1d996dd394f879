"""What ``__main__.py`` is made of: settings, and one component per concern."""
