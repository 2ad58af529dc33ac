"""What the repository is kept with; none of it is in the package."""
