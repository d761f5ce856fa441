"""What takes too long is cut, whatever was watched before it."""

import threading

from tallystick.toolbox.watch import Watch


def test_what_does_not_end_is_cut() -> None:
    cut = threading.Event()
    Watch(0.02, cut.set).begin()
    assert cut.wait(5)


def test_what_ends_in_time_is_not_cut_and_what_follows_it_is() -> None:
    cut = threading.Event()
    watch = Watch(0.05, cut.set)
    watch.begin()
    watch.end()
    assert not cut.wait(0.15)
    watch.begin()
    assert cut.wait(5)


def test_what_is_begun_while_the_thread_waits_has_its_own_time() -> None:
    cut = threading.Event()
    watch = Watch(0.1, cut.set)
    watch.begin()
    watch.end()
    watch.begin()
    assert cut.wait(5)


def test_a_watch_that_was_stopped_watches_again() -> None:
    cut = threading.Event()
    watch = Watch(0.05, cut.set)
    watch.begin()
    watch.end()
    watch.stop()
    watch.begin()
    assert cut.wait(5)
