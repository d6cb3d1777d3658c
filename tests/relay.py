"""A proxy that hands bytes on: python -m tests.relay <its port> <the server's port>

Tests freeze it, so that whoever is connected hears nothing more and the connection stands.
"""

import socket
import sys
from contextlib import suppress
from threading import Thread

HOST = "127.0.0.1"


def main(port: int, server_port: int) -> None:
    with socket.create_server((HOST, port)) as listener:
        print("ready", flush=True)
        while True:
            client, _address = listener.accept()
            Thread(target=relay, args=(client, server_port), daemon=True).start()


def relay(client: socket.socket, server_port: int) -> None:
    try:
        server = socket.create_connection((HOST, server_port))
    except OSError:
        client.close()
        return
    back = Thread(target=hand_on, args=(server, client), daemon=True)
    back.start()
    hand_on(client, server)
    back.join()
    client.close()
    server.close()


def hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
