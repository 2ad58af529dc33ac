"""Operating-system services: files, locks, signals, streams, processors, imports."""
