"""One HTML file about many runs, made by `write_page`; a browser opens it offline."""
