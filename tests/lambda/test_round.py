"""One user's way through the functions, and the rows it leaves."""

from events import SOURCE_IP, get_session, load, new_email, sign_in, sign_out, sign_up
from stack import PASSWORD, Stack


def test_a_user_signs_up_in_and_out(stack: Stack) -> None:
    email = new_email()

    stack.signed_up(email)
    signed_in = stack.signed_in(email)
    session = stack.answer(get_session(signed_in.session_cookie)).json
    alias = stack.answer(load("get-session.session-path").cookies(signed_in.session_cookie)).json
    signed_out = stack.answer(sign_out(signed_in.session_cookie))
    gone = stack.answer(get_session(signed_in.session_cookie))

    assert list(session["session"]) == [
        "expiresAt",
        "token",
        "createdAt",
        "updatedAt",
        "ipAddress",
        "userAgent",
        "userId",
        "id",
    ]
    assert session["session"]["token"] == signed_in.json["token"]
    assert session["user"] == signed_in.json["user"]
    assert alias == session
    assert signed_out.json == {"success": True}
    assert (gone.status, gone.json) == (200, None)


def test_its_rows_are_in_postgres(stack: Stack) -> None:
    email = new_email()

    signed_up = stack.signed_up(email)
    first, second = signed_up.json["token"], stack.signed_in(email).json["token"]
    stack.answer(sign_out(signed_up.session_cookie))

    ((user_id, verified),) = stack.database.rows('select id, "emailVerified" from "user" where email = %s', email)
    accounts = stack.database.rows(
        'select "accountId", "providerId", left(password, 10) from account where "userId" = %s', user_id
    )
    tokens = stack.database.rows('select token from session where "userId" = %s', user_id)
    assert (user_id, verified) == (signed_up.json["user"]["id"], False)
    assert accounts == [(user_id, "credential", "$argon2id$")]
    assert tokens == [(second,)]
    assert first != second


def test_a_bearer_token_opens_the_session_signed_and_plain(stack: Stack) -> None:
    signed_up = stack.signed_up(new_email())

    signed = stack.answer(get_session().bearer(signed_up.headers["set-auth-token"]))
    plain = stack.answer(get_session().bearer(signed_up.json["token"]))
    forged = stack.answer(get_session().bearer(signed_up.json["token"] + "." + "A" * 43 + "="))

    assert signed.json["user"] == plain.json["user"] == signed_up.json["user"]
    assert forged.json is None


def test_a_bearer_token_signs_out(stack: Stack) -> None:
    token = stack.signed_up(new_email()).json["token"]

    signed_out = stack.answer(sign_out().bearer(token))

    assert signed_out.status == 200
    assert stack.answer(get_session().bearer(token)).json is None


def test_the_row_keeps_the_address_that_the_gateway_saw(stack: Stack) -> None:
    forged = {"x-forwarded-for": "198.51.100.66", "x-real-ip": "198.51.100.66", "forwarded": "for=198.51.100.66"}
    signed_up = stack.answer(sign_up(new_email(), PASSWORD).headers({"user-agent": "round/1.0", **forged}))

    session = stack.answer(get_session(signed_up.session_cookie)).json["session"]

    assert (session["ipAddress"], session["userAgent"]) == (SOURCE_IP, "round/1.0")


def test_an_ipv6_address_is_kept_as_its_network(stack: Stack) -> None:
    event = sign_up(new_email(), PASSWORD)
    event.payload["requestContext"]["http"]["sourceIp"] = "2001:db8:1:2:a:b:c:d"

    session = stack.answer(get_session(stack.answer(event).session_cookie)).json["session"]

    assert session["ipAddress"] == "2001:0db8:0001:0002:0000:0000:0000:0000"


def test_a_taken_address_is_said_to_be_taken(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    again = stack.answer(sign_up(email.upper(), PASSWORD))

    assert (again.status, again.code) == (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")


def test_a_callback_url_comes_back(stack: Stack) -> None:
    email = new_email()
    stack.signed_up(email)

    answer = stack.answer(sign_in(email, PASSWORD, callbackURL="/welcome?from=email"))

    assert (answer.json["redirect"], answer.json["url"]) == (True, "/welcome?from=email")
    assert answer.headers["location"] == "/welcome?from=email"
