"""What beenet writes for people and for programs: words, times, JSON, CSV, Markdown."""
