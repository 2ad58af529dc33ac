"""Check a machine for what beenet needs, for `beenet doctor`."""
