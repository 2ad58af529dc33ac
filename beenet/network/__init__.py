"""Networks: built from a config, saved as `.tfl`, read back."""
