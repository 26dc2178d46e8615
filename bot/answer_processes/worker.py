"""The program of an answering process: it answers one request after the other, until its standard input ends.

    python -m bot.answer_processes.worker FOLDER

That input ends when the process that started this one does, however it ends; so none is ever left behind. FOLDER is the
one that the bot was started in: the host may have named files to it from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import BinaryIO

from bot.answer_processes.messages import Opening, Outcome, Request, pack_message, read_message
from bot.errors import BotError
from bot.operations import logging_setup, metrics, runtime_tuning
from storage.errors import IndexBehind, StorageError
from storage.library import Library

log = logging.getLogger("cuepoint.answers")


def main() -> None:
    """Answer what is written to standard input on what was standard output."""
    # Ctrl-C reaches every process of a terminal; the bot finishes what is in flight, and then this process's input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runtime_tuning.bound_allocator()
    os.chdir(sys.argv[1])
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed by mistake must not come between the replies
    with contextlib.suppress(BrokenPipeError):  # the bot has ended
        asyncio.run(_serve(sys.stdin.buffer, replies))


async def _serve(requests: BinaryIO, replies: BinaryIO) -> None:
    loop = asyncio.get_running_loop()
    received: asyncio.Queue[object] = asyncio.Queue()

    def receive() -> None:
        """Receive every message, and end the process when the other end is gone, whatever it is doing."""
        try:
            while True:
                loop.call_soon_threadsafe(received.put_nowait, read_message(requests))
        except EOFError:
            os._exit(0)
        except Exception as error:
            log.error("an answering process cannot read what it is asked", exc_info=error)
            os._exit(1)

    threading.Thread(target=receive, name="requests", daemon=True).start()
    opening = await received.get()
    assert isinstance(opening, Opening)
    with logging_setup.configured_logging(opening.log_level):
        try:
            library = await Library.open_beside(opening.database, opening.meaning, opening.hosts)
        except StorageError as error:
            _send(replies, pack_message(Outcome(error=error)))
            return
        _send(replies, pack_message(Outcome()))
        runtime_tuning.shorten_pauses()
        library.compiled_ranking.follow()
        while True:
            request = await received.get()
            assert isinstance(request, Request)
            _send(replies, await _answer(library, request))


def _send(replies: BinaryIO, message: bytes) -> None:
    replies.write(message)
    replies.flush()


async def _answer(library: Library, request: Request[object]) -> bytes:
    """Return the outcome of a request as a message."""
    try:
        with metrics.collect_steps() as steps:
            result = await request.compute(library)
        return pack_message(Outcome(result, steps=tuple(steps)))
    except IndexBehind:
        return pack_message(Outcome(is_computed=False))
    except (BotError, StorageError) as error:
        return pack_message(Outcome(error=error, steps=tuple(steps)))
    except Exception as error:
        log.error("unexpected error in an answering process", exc_info=error)
        return pack_message(Outcome(is_computed=False, has_failed=True))


if __name__ == "__main__":
    main()
