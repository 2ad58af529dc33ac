"""The system below: files, locks, signals, streams, processors, imports."""
