"""The target goes away, and everyone comes back at once. A --host stays; then nobody arrives instead.

    locust -f locustfiles/outage.py                                      the web UI
    locust -f locustfiles/outage.py --headless -u 400 -t 1m --gate "errors < 60%"

--users is the peak, --run-time the whole time. Everything else is as in subscribe.py.
"""

from functools import partial

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(partial(add_options, shape="outage"))
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
