"""What people look at: scores and tables, as text, files and pages."""
