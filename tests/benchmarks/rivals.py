"""Locust's own users sending what pushfleet's phones send: a locustfile for `generator.py`."""

from locust import FastHttpUser, HttpUser, task

HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept-Encoding": "gzip",
    "User-Agent": "pushfleet",
    "IM-CLIENT-KEY": "k",
    "IM-Authorization": "e" * 120,
}
BODY = {"type": "ios", "token": "a" * 64, "deviceId": "6F9619FF-8B86-D011-B42D-00C04FC964FF"}


class Http(HttpUser):
    """A user over requests."""

    @task
    def subscribe(self) -> None:
        """Send one subscribe."""
        self.client.post("/me/subscribe", json=BODY, headers=HEADERS)


class Fast(FastHttpUser):
    """A user over geventhttpclient."""

    @task
    def subscribe(self) -> None:
        """Send one subscribe."""
        self.client.post("/me/subscribe", json=BODY, headers=HEADERS)
