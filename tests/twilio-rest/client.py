"""Twilio's client library for Python, reading from a collector. Prints one object of what it found."""

import json
import sys
from datetime import datetime, timezone

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

base, account, secret, asked = sys.argv[1:5]
asked = json.loads(asked)


class Redirected(TwilioHttpClient):
    """The library's own client, at another address."""

    def request(self, method, url, *arguments, **named):
        url = url.replace("https://insights.twilio.com", base)
        return super().request(method, url, *arguments, **named)


client = Client(account, secret, http_client=Redirected())
rooms = client.insights.v1.rooms


def plain(resource):
    """What a resource holds, as JSON has it."""
    found = {name: value for name, value in vars(resource).items() if not name.startswith("_")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()}


def sids(**filters):
    return [room.room_sid for room in rooms.list(**filters)]


at = datetime.fromtimestamp(asked["at"] / 1000, timezone.utc)
one = rooms(asked["room"])
try:
    rooms("RM" + "f" * 32).fetch()
    missing = None
except TwilioRestException as error:
    missing = [error.status, error.code, error.msg]
print(
    json.dumps(
        {
            "all": sids(page_size=3),
            "limited": sids(limit=4, page_size=3),
            "go": sids(room_type=["go"]),
            "two_types": sids(room_type=["go", "peer_to_peer"]),
            "h264": sids(codec=["H264"]),
            "named": sids(room_name="room 3"),
            "after": sids(created_after=at),
            "before": sids(created_before=at),
            "room": plain(one.fetch()),
            "participants": [plain(it) for it in one.participants.list(page_size=1)],
            "participant": plain(one.participants(asked["participant"]).fetch()),
            "missing": missing,
        }
    )
)
