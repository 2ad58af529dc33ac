"""What beenet needs of a machine, looked at piece by piece: `beenet doctor`."""
