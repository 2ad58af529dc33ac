"""Formats text for people and programs: words, times, JSON, CSV, Markdown."""
