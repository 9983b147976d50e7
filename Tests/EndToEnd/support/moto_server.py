"""moto's server, started with its arguments, with a queue that keeps every message until it is deleted.

moto deletes a message by making its list of messages anew without a lock. What another thread adds meanwhile, and has
answered for, is in no list any more: a click that the queue has taken is gone.
"""

from moto.server import main
from moto.sqs.models import Queue

_delete = Queue.delete_message


def delete_message(queue, receipt_handle):
    # The lock under which moto adds messages.
    with queue._messages_lock:
        _delete(queue, receipt_handle)


Queue.delete_message = delete_message

if __name__ == "__main__":
    main()
