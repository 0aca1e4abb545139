"""Few arrivals, all at once the peak, and few again, which shows how soon the target recovers.

    locust -f locustfiles/spike.py                                      the web UI
    locust -f locustfiles/spike.py --headless -u 500 -t 1m

--users is the peak, --run-time the whole time. Everything else is as in subscribe.py.
"""

from functools import partial

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(partial(add_options, shape="spike"))
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
