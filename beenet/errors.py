"""The errors that beenet raises on purpose.

    BeenetError                 exit 1
    ├── ConfigError             exit 2  a config, a sidecar or a flag breaks a rule
    ├── DatasetError            a data set is missing, damaged or not valid
    │   ├── UnknownDatasetError exit 2  no data set has the given name
    │   └── SourceNotFoundError exit 2  there are no files to make a data set from
    ├── NetworkError            a graph cannot be built, a model file cannot be read
    │   └── ModelNotFoundError  exit 2  there is no saved model
    ├── AlreadyExistsError      a file exists and may not be replaced
    ├── DeviceError             the requested device does not exist
    ├── TrainingError           training cannot continue
    │   └── DivergedError       the loss is no longer a finite number
    ├── RunError                a run folder cannot be read, written or reused
    │   └── LockedError         another process is writing it
    ├── SweepError              trials of a sweep failed, or it cannot continue
    ├── ExportError             a model cannot be written in another form
    └── Interrupted             exit 130  stopped by a signal (SIGTERM: 143); says what
                                          was kept

The message is for the user: what is wrong, where, what to do. Any other exception is a
bug and keeps its traceback.
"""

from beenet.text.terminal import printable


class BeenetError(Exception):
    """The base class: a problem that a user can understand and fix.

    The exit code is 2 if the config or the command line must change: it breaks a rule,
    or names something that does not exist. It is 1 for all else: something exists
    already, is not installed or damaged, or the disk is full.
    """

    exit_code = 1
    has_place = False
    """Whether each line begins with file, line and column, in the form editors read."""
    disk_full = False
    """Whether the disk is full or a quota exhausted, so that nothing can be written."""

    def __str__(self) -> str:
        return printable(super().__str__())


class ConfigError(BeenetError):
    """A config, a sidecar or a flag breaks a rule; one line for each fault."""

    exit_code = 2


class DatasetError(BeenetError):
    """A data set is missing, damaged or not what its registry entry says."""


class UnknownDatasetError(DatasetError):
    """No data set has the given name."""

    exit_code = 2


class SourceNotFoundError(DatasetError):
    """The command line names no files that a data set could be made from."""

    exit_code = 2


class NetworkError(BeenetError):
    """A graph cannot be built, or a model file cannot be read into it."""


class ModelNotFoundError(NetworkError):
    """There is no saved model at the path in the command line or a config."""

    exit_code = 2


class AlreadyExistsError(BeenetError):
    """A file exists already, and ``--overwrite`` was not given."""

    def __init__(self, path: object) -> None:
        super().__init__(f"{path} is there already; --overwrite replaces it")


class DeviceError(BeenetError):
    """The requested device is not on this machine."""


class TrainingError(BeenetError):
    """Training cannot continue."""


class DivergedError(TrainingError):
    """The loss is no longer a finite number."""

    def __init__(self, message: str, *, epoch: int, step: int) -> None:
        """Store the message and the place.

        Args:
            message: for the user.
            epoch: the epoch, counted from 0.
            step: the step in that epoch whose loss is not finite, counted from 0.
        """
        super().__init__(message)
        self.epoch = epoch
        self.step = step


class RunError(BeenetError):
    """A run folder cannot be read, written or reused."""


class LockedError(RunError):
    """Another process is writing the run folder."""


class SweepError(BeenetError):
    """Trials of a sweep failed, or it cannot continue."""


class ExportError(BeenetError):
    """A model cannot be written in another form, or gives other answers there."""


class Interrupted(BeenetError):
    """Stopped by a signal; the message says what was kept."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        """Store both; the code is the shell's for the signal, 130 for Ctrl-C."""
        super().__init__(message)
        self.exit_code = exit_code
