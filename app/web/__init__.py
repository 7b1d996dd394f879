"""A small web app of the standard library: a page about the container it runs in."""
