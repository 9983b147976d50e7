"""The services' SQLite file, as another process sees it."""

import contextlib
import sqlite3


@contextlib.contextmanager
def locked(path):
    """Keeps everybody else from writing."""
    with opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def change(path):
    """Changes the database and changes it back: what others have of it in memory is not good any more."""
    with opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE folded_journals SET journals = journals + 1")
        connection.execute("UPDATE folded_journals SET journals = journals - 1")
        connection.execute("COMMIT")


@contextlib.contextmanager
def opened(path):
    """A connection that waits for locks and commits each statement."""
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
