// GET /error: the page is each side's own; what it shows of the query is not.

import { get, post, scenario } from '../harness/steps.mjs';

/** What is to be found on the page, and that nothing of the query is markup on it. */
const showing = (code) => (html) => ({
  showsCode: html.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ').includes(code),
  isDocument: /^\s*<!doctype html>/i.test(html),
  holdsMarkup: /<x-markup|<img src=x|"><i|javascript:alert/i.test(html),
});

const page = (title, query, code, more = {}) => get(title, `/error${query}`, { reading: showing(code), ...more });

export default [
  scenario(
    'the code',
    page('none', '', 'UNKNOWN'),
    page('empty', '?error=', 'UNKNOWN'),
    page('a code', '?error=INVALID_TOKEN', 'INVALID_TOKEN'),
    page('lower case, digits, dashes', '?error=state-mismatch_2', 'state-mismatch_2'),
    page('a quote', "?error=isn't", 'UNKNOWN'),
    page('two: the first', '?error=FIRST&error=SECOND', 'FIRST'),
    page('encoded', '?error=%49NVALID', 'INVALID'),
    page('a blank', '?error=a+b', 'UNKNOWN'),
    page('letters outside ASCII', '?error=%C3%A4', 'UNKNOWN'),
    page('a line end', '?error=abc%0A', 'UNKNOWN'),
    page('a broken escape', '?error=%zz', 'UNKNOWN'),
    page('markup', '?error=%3Cx-markup%3E', 'UNKNOWN'),
    page('5000 letters', `?error=${'x'.repeat(5000)}`, 'x'.repeat(5000)),
    page('with cookies and a foreign origin', '?error=A', 'A', { cookie: 'a=b', origin: 'https://evil.com' }),
  ),

  scenario(
    'the description',
    page('text', '?error=A&error_description=Some+text', 'Some text'),
    page('without a code', '?error_description=Some%20text', 'Some text'),
    page('markup', '?error=A&error_description=%3Cx-markup%3E', 'A'),
    page('an image', '?error=A&error_description=%3Cimg%20src=x%20onerror=alert(1)%3E', 'A'),
    page('out of an attribute', '?error=A&error_description=%22%3E%3Ci%3E', 'A'),
    page('entities', '?error=A&error_description=%26lt%3Bx-markup%26gt%3B', 'A'),
    page('both hostile', '?error=%22%3E%3Ci%3E&error_description=%3Cx-markup%3E', 'UNKNOWN'),
    page('a script in a link', '?error=javascript:alert(1)&error_description=x', 'UNKNOWN'),
  ),

  scenario('other ways to ask', post('POST', '/error?error=A', { json: {} }), get('a path below', '/error/A')),
];

/** Where the page is somewhere else. */
export const elsewhere = [
  scenario(
    'redirects',
    ...[
      '',
      '?error=INVALID_TOKEN',
      '?error=a&error_description=Some+text%20here',
      '?error_description=only',
      '?error=%3Cx%3E&error_description=%3Cx%3E%26%23',
      '?error=a&x=2&part=3',
      '?error=a&error_description=',
      "?error=a&error_description=%C3%A4%F0%9F%98%80!*()'~",
      '?error=a&error=b&error_description=c&error_description=d',
    ].map((query) => get(`/error${query}`, `/error${query}`)),
    get('a trailing slash', '/error/?error=a'),
  ),
];
