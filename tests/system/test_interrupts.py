import contextlib
import os
import signal
import threading

import pytest

from beenet.system.interrupts import StopSignal, defer_signals, raise_on_signals


def press():
    os.kill(os.getpid(), signal.SIGINT)


def run_until_interrupted(*actions):
    """Return how many of the actions were done before KeyboardInterrupt came out."""
    done = []

    def all_of_them():
        with defer_signals() as held:
            for action in actions:
                held.check() if action == "check" else action()
                done.append(action)

    with pytest.raises(KeyboardInterrupt):
        all_of_them()
    return len(done)


def nothing():
    pass


def test_the_first_waits_for_the_end():
    assert run_until_interrupted(nothing, press, nothing) == 3


def test_or_for_a_check():
    assert run_until_interrupted("check", press, nothing, "check", nothing) == 3


def test_the_second_is_thrown_at_once():
    assert run_until_interrupted(press, press, nothing) == 1


def test_it_survives_code_that_swallows_everything():
    swallow = contextlib.suppress(BaseException)
    with pytest.raises(KeyboardInterrupt), defer_signals(), swallow:
        press()


def test_the_old_ways_come_back():
    before = signal.getsignal(signal.SIGINT)
    with defer_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    with contextlib.suppress(ValueError), defer_signals():
        raise ValueError
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_nothing_is_held():
    seen = []

    def body():
        with defer_signals() as held:
            seen.append(held.asked)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_are_thrown_like_ctrl_c(number):
    before = signal.signal(number, signal.SIG_DFL)  # `nohup` has one of them ignored
    try:
        with pytest.raises(StopSignal) as caught, raise_on_signals():
            os.kill(os.getpid(), number)
        assert caught.value.number == number
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_one_that_was_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raise_on_signals():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_is_held_back_is_thrown_when_it_may_be():
    done = []

    def body():
        with raise_on_signals(), defer_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append(1)

    with pytest.raises(StopSignal):
        body()
    assert done


def test_whatever_else_goes_wrong_the_signal_is_not_forgotten():
    def body():
        with defer_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            raise ValueError("no more room")

    with pytest.raises(StopSignal) as caught:
        body()
    assert caught.value.number == signal.SIGTERM
    assert str(caught.value.__cause__) == "no more room"
