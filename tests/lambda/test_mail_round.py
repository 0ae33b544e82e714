"""What a mail does: a user's way over the functions alone, from a request to the link that is followed."""

from urllib.parse import parse_qs, urlsplit

from answer import Answer
from events import ORIGIN, follow, get_session, load, new_email, sign_in, sign_up
from post import Post
from stack import PASSWORD

NEW_PASSWORD = "battery staple horse correct"


def signed_up(post: Post, email: str) -> tuple[Answer, str]:
    """Somebody signs up; the link of the mail that they are sent."""
    answer = post.stack.answer(sign_up(email, PASSWORD, callbackURL="/welcome"))
    assert answer.status == 200, answer
    return answer, post.delivered()["url"]


def test_a_link_proves_the_address(post: Post) -> None:
    email = new_email()

    answer, link = signed_up(post, email)
    before = post.stack.answer(get_session(answer.session_cookie)).json["user"]
    followed = post.stack.answer(follow(link))
    after = post.stack.answer(get_session(answer.session_cookie)).json["user"]

    assert link.startswith(f"{ORIGIN}/api/auth/verify-email?token=")
    assert (followed.status, followed.headers["location"]) == (302, "/welcome")
    assert (before["emailVerified"], after["emailVerified"]) == (False, True)
    assert post.webhook.mails[-1]["to"] == email


def test_a_link_is_sent_again_on_request(post: Post) -> None:
    email = new_email()
    _, first = signed_up(post, email)

    answer = post.stack.answer(load("send-verification-email").body({"email": email}))
    link = post.delivered()["url"]

    assert answer.json == {"status": True}
    assert urlsplit(link).path == urlsplit(first).path
    assert post.stack.answer(follow(link)).status in (200, 302)
    assert post.stack.database.value('select "emailVerified" from "user" where email = %s', email) is True


def test_a_forgotten_password_is_replaced_once(post: Post) -> None:
    email = new_email()
    signed_up(post, email)
    request = load("request-password-reset").body({"email": email, "redirectTo": "/new-password?from=mail"})

    asked = post.stack.answer(request)
    link = post.delivered()["url"]
    page = post.stack.answer(follow(link))
    location = urlsplit(page.headers["location"])
    (token,) = parse_qs(location.query)["token"]
    reset = load("reset-password").body({"newPassword": NEW_PASSWORD, "token": token})
    answers = [post.stack.answer(reset), post.stack.answer(reset), post.stack.answer(follow(link))]

    assert asked.json["status"] is True
    assert link.startswith(f"{ORIGIN}/api/auth/reset-password/")
    assert page.status == 302
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"{ORIGIN}/new-password"
    assert parse_qs(location.query)["from"] == ["mail"]
    assert (answers[0].status, answers[0].json) == (200, {"status": True})
    assert (answers[1].status, answers[1].code) == (400, "INVALID_TOKEN")
    assert parse_qs(urlsplit(answers[2].headers["location"]).query)["error"] == ["INVALID_TOKEN"]
    assert post.stack.answer(sign_in(email, PASSWORD)).code == "INVALID_EMAIL_OR_PASSWORD"
    assert post.stack.signed_in(email, NEW_PASSWORD).status == 200


def test_nobody_is_sent_a_reset_of_a_strangers_password(post: Post) -> None:
    request = load("request-password-reset").body({"email": new_email(), "redirectTo": "/new-password"})
    before = len(post.webhook.mails)

    answer = post.stack.answer(request)
    event = post.queue.take()
    report = post.stack.function("mailer").result(event)

    # The same answer, and the mailer is woken all the same: neither tells who has an account.
    assert (answer.status, answer.json["status"]) == (200, True)
    assert event is not None
    assert (report["sent"], len(post.webhook.mails)) == (0, before)


def test_no_header_changes_where_a_link_leads(post: Post) -> None:
    email = new_email()
    signed_up(post, email)
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}

    post.stack.answer(load("request-password-reset").body({"email": email}).headers(forged))

    assert urlsplit(post.delivered()["url"]).netloc == urlsplit(ORIGIN).netloc


def test_an_address_changes_when_both_have_agreed(post: Post) -> None:
    old, new = new_email(), new_email()
    answer, link = signed_up(post, old)
    post.stack.answer(follow(link))
    request = load("change-email").cookies(answer.session_cookie)

    asked = post.stack.answer(request.body({"newEmail": new, "callbackURL": "/changed"}))
    to_old = post.delivered()
    confirmed = post.stack.answer(follow(to_old["url"]).cookies(answer.session_cookie))
    to_new = post.delivered()
    in_between = post.stack.answer(get_session(answer.session_cookie)).json["user"]["email"]
    proven = post.stack.answer(follow(to_new["url"]).cookies(answer.session_cookie))
    user = post.stack.answer(get_session(answer.session_cookie)).json["user"]

    assert asked.json == {"status": True}
    assert (to_old["to"], to_new["to"]) == (old, new)
    assert (confirmed.status, confirmed.headers["location"]) == (302, "/changed")
    assert (proven.status, proven.headers["location"]) == (302, "/changed")
    assert (in_between, user["email"], user["emailVerified"]) == (old, new, True)
    assert post.stack.signed_in(new).status == 200
    assert post.stack.answer(sign_in(old, PASSWORD)).status == 401


def test_an_account_goes_when_the_mail_is_followed(post: Post) -> None:
    email = new_email()
    answer, _ = signed_up(post, email)
    user_id = answer.json["user"]["id"]

    asked = post.stack.answer(load("delete-user").cookies(answer.session_cookie).body({"callbackURL": "/goodbye"}))
    link = post.delivered()["url"]
    by_a_stranger = post.stack.answer(follow(link))
    followed = post.stack.answer(follow(link).cookies(answer.session_cookie))

    assert asked.json == {"success": True, "message": "Verification email sent"}
    assert by_a_stranger.status == 404
    assert (followed.status, followed.headers["location"]) == (302, "/goodbye")
    assert all(cookie.attributes["Max-Age"] == "0" for cookie in followed.cookies)
    assert post.stack.answer(sign_in(email, PASSWORD)).status == 401
    for table, column in (("user", "id"), ("session", "userId"), ("account", "userId")):
        found = post.stack.database.value(f'select count(*) from "{table}" where "{column}" = %s', user_id)
        assert found == 0, table
