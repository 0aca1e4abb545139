"""The peak for a long time, told by quarters, so that it shows what leaks or fills up.

    locust -f locustfiles/soak.py                                      the web UI
    locust -f locustfiles/soak.py --headless -u 200 -t 8h

--users is the peak, --run-time the whole time. Everything else is as in subscribe.py.
"""

from functools import partial

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(partial(add_options, shape="soak"))
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
