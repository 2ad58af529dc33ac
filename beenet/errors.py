"""Every error that beenet raises on purpose.

    BeenetError                 exit 1
    ├── ConfigError             exit 2  a config, a sidecar or a flag breaks a rule
    ├── DatasetError            a data set is missing, damaged or not what it should be
    │   ├── UnknownDatasetError exit 2  no data set has the name that was given
    │   └── NoSourceError       exit 2  there is nothing to make a data set of
    ├── NetworkError            a graph cannot be built, a model file cannot be read
    │   └── NoModelError        exit 2  there is no saved model
    ├── TakenError              a file is in the way
    ├── DeviceError             the device asked for is not there
    ├── TrainingError           training cannot go on
    │   └── DivergedError       the loss is no longer a finite number
    ├── RunError                a run folder cannot be read, written or reused
    │   └── BusyError           another process is writing it
    ├── SweepError              trials of a sweep failed, or it cannot go on
    ├── ExportError             a model cannot be written in another form
    └── Interrupted             exit 130  stopped by a signal (SIGTERM: 143); says what
                                          was kept

The message is for the person at the keyboard: what is wrong, where, what to do.
Anything else that escapes is a bug and keeps its traceback.
"""

from beenet.text.terminal import printable


class BeenetError(Exception):
    """The root: something a user can understand and mend.

    The exit code is 2 where the config or the command line must change: it breaks a
    rule, or names what is not there. It is 1 for all else: what is there already, is
    not installed, is damaged, has no room.
    """

    exit_code = 1
    has_place = False
    """Whether each line begins with its file, line and column, as editors read them."""

    def __str__(self) -> str:
        return printable(super().__str__())


class ConfigError(BeenetError):
    """A config, a sidecar or a flag breaks a rule; one line for each fault."""

    exit_code = 2


class DatasetError(BeenetError):
    """A data set is missing, damaged or not what its registry entry says."""


class UnknownDatasetError(DatasetError):
    """No data set has the name that was given."""

    exit_code = 2


class SourceNotFoundError(DatasetError):
    """There is nothing to make a data set of where the command line says."""

    exit_code = 2


class NetworkError(BeenetError):
    """A graph cannot be built, or a model file cannot be read into it."""


class ModelNotFoundError(NetworkError):
    """There is no saved model where the command line or a config says."""

    exit_code = 2


class AlreadyExistsError(BeenetError):
    """A file is in the way, and nobody said that it may be replaced."""

    def __init__(self, path: object) -> None:
        super().__init__(f"{path} is there already; --overwrite replaces it")


class DeviceError(BeenetError):
    """The device asked for is not on this machine."""


class TrainingError(BeenetError):
    """Training cannot go on."""


class DivergedError(TrainingError):
    """The loss is no longer a finite number."""

    def __init__(self, message: str, *, epoch: int, step: int) -> None:
        """Say where.

        Args:
            message: for the person at the keyboard.
            epoch: the epoch, counted from 0.
            step: the step of that epoch whose loss is bad, counted from 0.
        """
        super().__init__(message)
        self.epoch = epoch
        self.step = step


class RunError(BeenetError):
    """A run folder cannot be read, written or reused."""


class LockedError(RunError):
    """Another process is writing the run folder."""


class SweepError(BeenetError):
    """Trials of a sweep failed, or it cannot go on."""


class ExportError(BeenetError):
    """A model cannot be written in another form, or is not the same there."""


class Interrupted(BeenetError):
    """Stopped by a signal; the message says what was kept."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        """Say so; the code is a shell's for the signal, 130 for Ctrl-C."""
        super().__init__(message)
        self.exit_code = exit_code
