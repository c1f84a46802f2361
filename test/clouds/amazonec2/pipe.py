"""Joins a connection of a guest, which QEMU makes this program's standard input and output, to the metadata service.

pipe.py ADDRESS PORT: the service is on the port, and knows an instance by its private address, from which this asks.
"""
import os, socket, sys, threading

service = socket.create_connection(("127.0.0.1", int(sys.argv[2])), source_address=(sys.argv[1], 0))


def ask():
    while said := os.read(0, 65536):
        service.sendall(said)
    service.shutdown(socket.SHUT_WR)


threading.Thread(target=ask, daemon=True).start()
while answered := service.recv(65536):
    os.write(1, answered)
