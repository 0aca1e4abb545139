"""A whole day's arrivals, from midnight to midnight, compressed to the time of the load.

    locust -f locustfiles/day.py                                      the web UI
    locust -f locustfiles/day.py --headless -u 300 -t 24m

--users is the peak, --run-time the whole time. Everything else is as in subscribe.py.
"""

from functools import partial

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(partial(add_options, shape="day"))
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
