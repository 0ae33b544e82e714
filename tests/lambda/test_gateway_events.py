"""Events as API Gateway and its kin send them: stages and base paths in links, joined headers, odd spellings."""

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from answer import SESSION_COOKIE
from events import ORIGIN, SOURCE_IP, Event, follow, get_session, load, new_email, sign_in, sign_up
from postgres import Database
from post import Post
from somebody import Somebody
from stack import EVERYTHING, PASSWORD, MakeStack, Stack
from webhook import Webhook

# As a custom domain has it, with a mapping of the API to a path.
CUSTOM_DOMAIN = "sso.example.org"
BASE_PATH = "/identity/v1"


def at_stage(event: Event, stage: str = "prod") -> Event:
    """Arrives at a named stage of the API's own domain, which is in the path."""
    return event.path(f"/{stage}{event.payload['rawPath']}", stage)


def under_base_path(event: Event) -> Event:
    """Arrives at a custom domain under the path that the API is mapped to."""
    return event.path(BASE_PATH + event.payload["rawPath"]).domain(CUSTOM_DOMAIN)


def reset_of(email: str) -> Event:
    """Somebody has forgotten their password."""
    return load("request-password-reset").body({"email": email, "redirectTo": "/new-password"})


def test_a_link_of_a_mail_leads_to_the_stage(post: Post) -> None:
    email = new_email()
    post.stack.answer(at_stage(sign_up(email, PASSWORD)))
    verification = post.delivered()["url"]
    post.stack.answer(at_stage(reset_of(email)))
    reset = post.delivered()["url"]

    assert verification.startswith(f"{ORIGIN}/prod/api/auth/verify-email?token=")
    assert reset.startswith(f"{ORIGIN}/prod/api/auth/reset-password/")


def test_a_stage_is_no_part_of_a_custom_domains_links(post: Post) -> None:
    email = new_email()
    post.stack.answer(sign_up(email, PASSWORD).domain(CUSTOM_DOMAIN).path("/api/auth/sign-up/email", "prod"))

    assert post.delivered()["url"].startswith(f"https://{CUSTOM_DOMAIN}/api/auth/verify-email?token=")


@pytest.mark.parametrize("raw_path", ["/elsewhere{}", "//evil.example{}", "/prod/../evil{}", "{}"])
def test_no_path_changes_where_a_link_leads(post: Post, raw_path: str) -> None:
    event = sign_up(new_email(), PASSWORD)
    post.stack.answer(event.path(raw_path.format(event.payload["rawPath"])))

    assert post.delivered()["url"].startswith(f"{ORIGIN}/api/auth/verify-email?token=")


def test_an_error_page_is_on_the_stage_too(stack: Stack) -> None:
    event = load("get-reset-password").query("callbackURL=")

    answers = [stack.answer(event), stack.answer(at_stage(event))]

    assert [answer.headers["location"] for answer in answers] == [
        f"{ORIGIN}/api/auth/error?error=INVALID_TOKEN",
        f"{ORIGIN}/prod/api/auth/error?error=INVALID_TOKEN",
    ]


def test_a_public_url_names_the_base_path(make_stack: MakeStack, own_database: Database, webhook: Webhook) -> None:
    public_url = f"https://{CUSTOM_DOMAIN}{BASE_PATH}"
    settings = EVERYTHING | {"PUBLIC_URL": public_url, "SEND_VERIFICATION_ON_SIGN_UP": "true"}
    stack = make_stack(database=own_database, settings=settings, webhook=webhook)
    email = new_email()

    signed_up = stack.answer(under_base_path(sign_up(email, PASSWORD, callbackURL="/welcome")))
    stack.function("mailer").result(load("mailer").payload)
    link = webhook.mails[-1]["url"]
    followed = stack.answer(under_base_path(follow(link.replace(public_url, f"https://{CUSTOM_DOMAIN}"))))
    from_page = sign_in(email, PASSWORD).cookies("theme=dark").headers({"origin": f"https://{CUSTOM_DOMAIN}"})
    error = stack.answer(under_base_path(load("get-reset-password").query("callbackURL=")))

    assert link.startswith(f"{public_url}/api/auth/verify-email?token=")
    assert (followed.status, followed.headers["location"]) == (302, "/welcome")
    # One page of the domain as good as another: a cookie knows no base path unless it is told.
    assert signed_up.cookie(SESSION_COOKIE).attributes["Path"] == "/"
    assert stack.answer(under_base_path(from_page)).status == 200
    assert error.headers["location"] == f"{public_url}/api/auth/error?error=INVALID_TOKEN"


@pytest.mark.parametrize("spell", [str.upper, str.title], ids=["upper", "title"])
def test_header_names_may_be_spelled_in_any_case(stack: Stack, spell: Callable[[str], str]) -> None:
    # The gateway has them in lower case, its imitations as the client wrote them.
    somebody = Somebody(stack)

    for function in somebody.requests():
        event = somebody.request(function)
        event.payload["headers"] = {spell(name): value for name, value in event.payload["headers"].items()}
        assert stack.answer(event).status == somebody.status(function), function


@pytest.mark.parametrize(
    "origins", ["https://evil.example,{}", "{},https://evil.example", "{}, {}", "{} https://evil.example"]
)
def test_two_origins_that_were_joined_are_none(stack: Stack, origins: str) -> None:
    email = new_email()
    stack.signed_up(email)
    event = sign_in(email, PASSWORD).cookies("theme=dark")

    answer = stack.answer(event.headers({"origin": origins.replace("{}", ORIGIN)}))

    assert (answer.status, answer.code) == (403, "INVALID_ORIGIN")


def test_two_bearer_tokens_that_were_joined_are_none(stack: Stack) -> None:
    tokens = [stack.signed_up(new_email()).json["token"] for _ in range(2)]

    joined = stack.answer(get_session().headers({"authorization": f"Bearer {tokens[0]},Bearer {tokens[1]}"}))

    assert stack.answer(get_session().bearer(tokens[0])).json is not None
    assert (joined.status, joined.json) == (200, None)


def test_a_proxys_joined_addresses_are_read_from_the_end(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"TRUSTED_PROXIES": f"{SOURCE_IP},192.0.2.0/24"})
    event = sign_up(new_email(), PASSWORD).headers({"x-forwarded-for": "198.51.100.66,198.51.100.9, 192.0.2.4"})

    session = stack.answer(get_session(stack.answer(event).session_cookie)).json["session"]

    assert session["ipAddress"] == "198.51.100.9"


@pytest.mark.parametrize("raw", ["callbackURL=/k%C3%A4se%3Fa%3Db%20c", "callbackURL=/käse?a=b c"], ids=ascii)
def test_a_query_means_the_same_as_it_was_sent_and_decoded(stack: Stack, raw: str) -> None:
    event = Somebody(stack).request("verify-email")
    (token,) = parse_qs(event.payload["rawQueryString"])["token"]

    answer = stack.answer(event.query(f"token={token}&{raw}"))

    assert (answer.status, answer.headers["location"]) == (302, "/k%C3%A4se?a=b%20c")


@pytest.mark.parametrize("body", [None, ""], ids=ascii)
def test_no_body_may_call_itself_base64(stack: Stack, body: str | None) -> None:
    cookie = stack.signed_up(new_email()).session_cookie
    event = load("sign-out").cookies(cookie)
    event.payload.update(body=body, isBase64Encoded=True)

    assert stack.answer(event).json == {"success": True}


def test_a_function_url_is_answered_too(stack: Stack) -> None:
    domain = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
    event = sign_up(new_email(), PASSWORD).domain(domain)
    event.payload["routeKey"] = event.payload["requestContext"]["routeKey"] = "$default"
    event.payload["requestContext"] |= {"apiId": domain.split(".")[0], "authentication": None, "authorizer": None}

    cookie = stack.answer(event).cookie(SESSION_COOKIE)
    page = stack.answer(get_session(cookie.pair).domain(domain).headers({"origin": f"https://{domain}"}))

    assert "Secure" in cookie.attributes
    assert page.json is not None


def test_what_authorizers_and_stages_add_is_passed_over(stack: Stack) -> None:
    somebody = Somebody(stack)

    for function in ["get-session", "sign-in-email", "update-user"]:
        event = somebody.request(function)
        event.payload["stageVariables"] = {"alias": "live"}
        event.payload["requestContext"] |= {
            "authorizer": {"jwt": {"claims": {"sub": "1"}, "scopes": None}},
            "authentication": {"clientCert": {"subjectDN": "CN=somebody"}},
        }
        assert stack.answer(event).status == 200, function


def test_without_a_context_the_public_url_is_enough(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"PUBLIC_URL": ORIGIN})
    signed_up = stack.signed_up(new_email())

    for context in [{}, {"http": {}}, {"http": {"method": "GET"}}]:
        event = get_session(signed_up.session_cookie).without("requestContext").payload | {"requestContext": context}
        assert signed_up.json["user"]["id"] in stack.function("get-session").result(event)["body"], context
    event = get_session(signed_up.session_cookie).without("requestContext")
    assert stack.answer(event).json["user"] == signed_up.json["user"]


def test_several_cookies_leave_each_in_a_line_of_its_own(make_stack: MakeStack) -> None:
    stack = make_stack(settings={"COOKIE_CACHE": "compact"})
    email = new_email()
    stack.signed_up(email)

    answer = stack.signed_in(email, remember_me=False)
    lines = answer.payload["cookies"]
    again = stack.answer(get_session(*(cookie.pair for cookie in answer.cookies)))

    assert len(lines) == 3
    assert [cookie.name.rpartition(".")[2] for cookie in answer.cookies] == [
        "session_token",
        "dont_remember",
        "session_data",
    ]
    assert "set-cookie" not in answer.headers
    assert again.json["user"]["email"] == email
