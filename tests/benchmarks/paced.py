"""Locust's own closed users at a steady pace, for `accuracy.py`: fifty of them, ten requests a second each."""

from locust import FastHttpUser, constant_throughput, task

from tests.benchmarks.rivals import BODY, HEADERS


class Paced(FastHttpUser):
    """A user who waits for the answer, and then until its next request is due."""

    wait_time = constant_throughput(10)

    @task
    def subscribe(self) -> None:
        """Send one subscribe."""
        self.client.post("/me/subscribe", json=BODY, headers=HEADERS)
