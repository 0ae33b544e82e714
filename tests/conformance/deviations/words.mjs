// The words that entries are made of.

export const CLEARED = ['session_token', 'session_data', 'dont_remember'].map((name) => ({
  name: `better-auth.${name}`,
  value: '',
  attributes: ['Max-Age=0', 'Path=/', 'HttpOnly', 'SameSite=Lax'],
}));

export const always = () => true;

/** The value of a request header; undefined when there is none. */
export const header = ({ request }, wanted) => request?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
export const body = ({ request }) => request?.body?.toString() ?? '';
export const isPost = ({ request }, path) => request?.method === 'POST' && request.target === `/api/auth${path}`;

/** A header that only Latchkey sends, with the value for which `expected` holds. */
export const ownHeader =
  (name, expected) =>
  ({ at, ours, theirs }, exchange) =>
    at === `headers.${name}` && theirs === undefined && ours.length === 1 && expected(ours[0], exchange);

/**
 * Two answers that are different as a whole: `theirs` and `ours` say which. `status` is the status line;
 * `code`, `text`, `cookies` and `location` are looked at when given.
 */
export const answers =
  (theirs, ours) =>
  ({ at }, exchange) =>
    /^(status|body|cookies|headers\.(content-type|cache-control|pragma|location))(\.|$)/.test(at) &&
    fits(exchange.theirs, theirs) &&
    fits(exchange.ours, ours);

function fits(answer, { status, code, text, cookies, location }) {
  return (
    answer.status === status &&
    (code === undefined || answer.body.json?.code === code) &&
    (text === undefined || (typeof text === 'string' ? answer.body.text === text : text.test(answer.body.text))) &&
    (location === undefined || answer.headers.location?.[0] === location) &&
    (cookies === undefined || JSON.stringify(answer.cookies) === JSON.stringify(cookies))
  );
}

export const refused = (status, code) => ({ status, code, cookies: [] });
export const SIGNED_OUT = { status: '200 OK', text: '{"success":true}', cookies: CLEARED };
export const SESSION = { status: '200 OK', text: /^\{"session":\{.*\},"user":\{.*\}\}$/ };
export const NO_SESSION = { status: '200 OK', text: 'null', cookies: [] };
export const NOT_FOUND = { status: '404 Not Found', text: '' };
export const WRONG_PASSWORD = refused('401 Unauthorized', 'INVALID_EMAIL_OR_PASSWORD');
export const INVALID_JSON = refused('400 Bad Request', 'BAD_REQUEST');
export const CRASH = { status: '500 Internal Server Error', text: '' };
export const LIMITED = {
  status: '429 Too Many Requests',
  text: '{"message":"Too many requests. Please try again later."}',
};

/** Which of several pairs of answers (see `answers`) it is. */
export const oneOf =
  (...pairs) =>
  (difference, exchange) =>
    pairs.some(([theirs, ours]) => answers(theirs, ours)(difference, exchange));

/** The number of the step that a name speaks of: `<#12 + 7 days>` and `<id #12.1>` are of step 12. */
export const stepOf = (name) => Number(/#(\d+)/.exec(name)?.[1]);
