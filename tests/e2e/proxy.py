"""A Docker Engine that goes away: a socket of a test's own before the real one."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

from embedded.machine import engine_api


class Proxy:
    """It ends, with all its connections, when a request holds ``word``."""

    def __init__(self, path: Path, word: bytes) -> None:
        self.path, self._word = path, word
        self.ended = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def end(self) -> None:
        self.ended.set()
        self.path.unlink(missing_ok=True)
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(engine_api.address().removeprefix("unix://"))
            self._open += [client, engine]
            for pair in ((client, engine), (engine, client)):
                threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if self._word in data and not self.ended.is_set():
                    self.end()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return
