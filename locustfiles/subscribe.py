"""Push-token registration: phones live their scenarios against `POST /me/subscribe`, and every upsert is judged.

    locust -f locustfiles/subscribe.py                                      the web UI
    locust -f locustfiles/subscribe.py --headless -u 100 -r 50 -t 15s       100 arrivals a second, then the verdict

Without --host an embedded backend is started for each run. The exit code is the verdict: 0 pass, 1 violated, 2 unknown.
"""

from locust import events

from locustfiles._events import begin
from locustfiles._options import add_options, load_asked
from locustfiles._users import user_classes

load_asked()
events.init_command_line_parser.add_listener(add_options)
events.init.add_listener(begin)

globals().update(user_classes())  # Locust finds User classes among a locustfile's names: one a scenario
