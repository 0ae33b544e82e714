"""Better Auth's official client, against the functions in containers."""

import json
import subprocess
from pathlib import Path

from client import APP_ORIGIN
from events import new_email
from sam import Local
from stack import PASSWORD

SCRIPT = Path(__file__).resolve().parent.parent / "conformance" / "visit.mjs"


def test_the_official_client_signs_up_in_and_out(api: Local) -> None:
    email = new_email()
    command = ["node", SCRIPT, str(api.address[1]), APP_ORIGIN, email, PASSWORD]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)

    failed = {call: result["error"]["code"] for call, result in results.items() if result["error"]}
    assert failed == {"wrong": "INVALID_EMAIL_OR_PASSWORD"}
    data = {call: result["data"] for call, result in results.items()}
    assert data["signedOut"] is None
    assert data["session"]["user"]["email"] == data["sessionAgain"]["user"]["email"] == email
    assert data["session"]["session"]["token"] == data["signUp"]["token"]
    assert [session["token"] for session in data["sessions"]] == [data["signUp"]["token"]]
    assert data["signOut"] == {"success": True}
