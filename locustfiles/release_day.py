"""A new version reaches the fleet: every device registers a new token, once, beside everyday arrivals.

    locust -f locustfiles/release_day.py                                      the web UI
    locust -f locustfiles/release_day.py --headless -u 50 -t 10m --devices 100000

--users is the peak, --run-time the whole time. Everything else is as in subscribe.py.
"""

from functools import partial

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(partial(add_options, shape="release_day"))
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
