"""Senders: each kind of process that a Django project has, sending the same through `send`.

Each sends `count` events of the producer "orders", numbered, and after each fifth one more in a
transaction that rolls back.

Usage: python senders.py thread|worker COUNT; `manage.py shell` calls `send_all`, the views in
shop.py call `send_one`.
"""

import multiprocessing
import sys
import threading

import django
from django.db import connections, transaction

from dashboard import send


def send_one(sender: str, number: int) -> None:
    """Send one as views do: with the transaction, or not at all."""
    with transaction.atomic():
        send("orders", {"sender": sender, "number": number}, key=f"{sender}-{number}")
    if number % 5 == 4:
        with transaction.atomic():
            send("orders", {"sender": sender, "number": "rolled back"})
            transaction.set_rollback(True)


def send_all(sender: str, count: int) -> None:
    for number in range(count):
        send_one(sender, number)


def by_thread(count: int) -> None:
    thread = threading.Thread(target=send_all, args=("thread", count))
    thread.start()
    thread.join()


def by_worker(count: int) -> None:
    """Send as a Celery worker does: a fork of a process that used its database, a task each."""
    send_one("parent", 0)
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        pool.starmap(send_one, [("worker", number) for number in range(count)], chunksize=1)


if __name__ == "__main__":
    django.setup()
    {"thread": by_thread, "worker": by_worker}[sys.argv[1]](int(sys.argv[2]))
