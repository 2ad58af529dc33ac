"""Run the command line as ``python -m beenet``."""

from beenet.cli import main

if __name__ == "__main__":
    main()
