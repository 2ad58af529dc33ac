"""One HTML file of many runs: `write_page` makes it, a browser opens it offline."""
