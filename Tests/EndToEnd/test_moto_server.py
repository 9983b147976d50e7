"""The queue that the other tests run on loses nothing itself."""

import threading

from moto.sqs.models import Message, Queue

from support import moto_server


def test_a_message_that_is_sent_while_others_are_deleted_stays(monkeypatch):
    """Two workers delete what they counted, and one of them is slow, while an API sends."""
    assert Queue.delete_message is moto_server.delete_message
    queue = Queue("clicks", "eu-central-1", "123456789012")
    first, second, sent = (Message(name, "{}") for name in ("first", "second", "sent"))
    for message in (first, second):
        queue.add_message(message)
        message.mark_received(visibility_timeout=60)
    is_deleting, others_are_done = threading.Event(), threading.Event()
    look = Message.had_receipt_handle

    def look_slowly(message, handle):
        found = look(message, handle)
        if message is second and not is_deleting.is_set():
            is_deleting.set()
            # Where the others have to wait for this one, it must not wait for them.
            others_are_done.wait(1)
        return found

    def go_on():
        is_deleting.wait(30)
        queue.delete_message(second.receipt_handle)
        queue.add_message(sent)
        others_are_done.set()

    monkeypatch.setattr(Message, "had_receipt_handle", look_slowly)
    others = threading.Thread(target=go_on)
    others.start()
    queue.delete_message(first.receipt_handle)
    others.join()
    assert [message.id for message in queue._messages] == ["sent"]
