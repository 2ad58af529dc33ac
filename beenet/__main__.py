"""Run the command line: ``beenet``, and ``python -m beenet``."""

import sys


def run() -> None:
    """Run a command; Ctrl-C while the commands are loaded is one line, too."""
    try:
        from beenet.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("Error: interrupted\n")
        sys.exit(130)
    main()


if __name__ == "__main__":
    run()
