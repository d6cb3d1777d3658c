"""Where webhooks may connect to, whatever their address says."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Thread

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError
from pytest_django import Settings

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.webhooks.courier import carry_out
from partnercenter.webhooks.models import Webhook
from partnercenter.webhooks.networks import is_permitted
from partnercenter.webhooks.operations import update_webhook
from partnercenter.webhooks.sending import PinnedAdapter
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.telling import sent_to, the_delivery, turn

PRIVATE = ["127.0.0.1", "10.0.0.7", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "::1"]  # noqa: S104
PRIVATE += ["fd12::1", "::ffff:10.0.0.7", "2002:a00:7::", "64:ff9b::a00:7", "224.0.0.1", "ff02::1"]
METADATA = ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "100.100.100.200"]
METADATA += ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%lo"]


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_open(settings: Settings, address: str) -> None:
    settings.WEBHOOK_NETWORKS = []
    assert is_permitted(address)


@pytest.mark.parametrize("address", PRIVATE + METADATA)
def test_other_addresses_are_closed(settings: Settings, address: str) -> None:
    settings.WEBHOOK_NETWORKS = []
    assert not is_permitted(address)


def test_a_network_that_is_listed_is_open(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.0.0.0/24")]
    assert [is_permitted(address) for address in ("10.0.0.7", "10.0.1.7")] == [True, False]


@pytest.mark.parametrize("address", METADATA)
def test_no_list_opens_the_metadata_services_of_cloud_providers(
    settings: Settings, address: str
) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    assert not is_permitted(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "a.localhost.", "[::1]"]
)
def test_a_closed_address_is_refused_when_it_is_entered(
    webhook: Webhook, ada: Agent, settings: Settings, host: str
) -> None:
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(ValidationError) as error:
        update_webhook(
            webhook=webhook, name="A", url=f"http://{host}/", events=webhook.events, by=ada
        )
    assert error.value.error_dict["url"][0].code == "forbidden_network"


def test_a_name_that_leads_to_a_closed_address_is_not_connected_to(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, settings: Settings
) -> None:
    sent_to(webhook, receiver.url.replace("127.0.0.1", "localhost"))
    settings.WEBHOOK_NETWORKS = []
    turn(fabrikam, ada, on=True)
    carry_out()

    assert receiver.received == []
    assert (the_delivery().state, the_delivery().last_error) == ("pending", "forbidden")


def test_the_receiver_sees_the_name_by_which_it_was_called(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    """And the first address of localhost, where nobody listens, is passed over."""
    url = receiver.url.replace("127.0.0.1", "localhost")
    sent_to(webhook, url)
    turn(fabrikam, ada, on=True)
    carry_out()
    [received] = receiver.received
    assert received.headers["Host"] == url.split("/")[2]


def test_only_the_address_that_was_looked_at_is_connected_to(receiver: Receiver) -> None:
    """The name is looked up once, so that it cannot lead elsewhere a moment later."""
    with requests.Session() as session:
        session.mount("http://", PinnedAdapter("127.0.0.1"))
        port = receiver.url.split(":")[2].split("/")[0]
        url = f"http://nowhere.invalid:{port}/"
        assert session.post(url, data=b"{}").status_code == 200
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 80)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of receiver.example, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


class Accepting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@contextmanager
def https_server(certificate: Path) -> Iterator[int]:
    """Its port on 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Accepting) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def posted(host: str, port: int, certificate: Path) -> int:
    with requests.Session() as session:
        session.mount("https://", PinnedAdapter("127.0.0.1"))
        return session.post(f"https://{host}:{port}/", verify=str(certificate)).status_code


def test_the_certificate_has_to_be_that_of_the_name(certificate: Path) -> None:
    with https_server(certificate) as port:
        assert posted("receiver.example", port, certificate) == 204
        with pytest.raises(requests.exceptions.SSLError):
            posted("another.example", port, certificate)
