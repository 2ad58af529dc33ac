"""Output for users: scores and tables, as text, files and HTML pages."""
