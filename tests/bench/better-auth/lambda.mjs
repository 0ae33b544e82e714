// Better Auth as a Lambda: the least there can be around it. No Express and no AWS SDK: the runtime's interface, Secrets
// Manager and payload format 2.0 by hand, all of which is to its advantage.

import { betterAuth } from 'better-auth';

import { optionsFor } from './options.mjs';

const { AWS_LAMBDA_RUNTIME_API, AWS_ENDPOINT_URL, DATABASE_CA, DATABASE_URL_ARN, BETTER_AUTH_SECRET_ARN, PUBLIC_URL } =
  process.env;
const RUNTIME = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

async function secretOf(arn) {
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
      // Not signed: whoever answers here does not look.
      authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ SecretId: arn }),
  });
  return (await answer.json()).SecretString;
}

const [databaseUrl, secret] = await Promise.all([secretOf(DATABASE_URL_ARN), secretOf(BETTER_AUTH_SECRET_ARN)]);
const url = new URL(databaseUrl);
// pg would let `sslmode` win over `ssl`, which has the authority.
url.searchParams.delete('sslmode');
const ssl = { ca: DATABASE_CA };
const auth = betterAuth(optionsFor({ databaseUrl: url.href, secret, baseURL: PUBLIC_URL, ssl }));

function requestOf(event) {
  const { method } = event.requestContext.http;
  const headers = new Headers(event.headers);
  if (event.cookies) headers.set('cookie', event.cookies.join('; '));
  const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
  const body = event.body && (event.isBase64Encoded ? Buffer.from(event.body, 'base64') : event.body);
  return new Request(new URL(event.rawPath + query, PUBLIC_URL), { method, headers, body });
}

async function answerOf(response) {
  const { 'set-cookie': _, ...headers } = Object.fromEntries(response.headers);
  return {
    statusCode: response.status,
    headers,
    cookies: response.headers.getSetCookie(),
    body: await response.text(),
    isBase64Encoded: false,
  };
}

for (;;) {
  const next = await fetch(`${RUNTIME}/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const answer = await answerOf(await auth.handler(requestOf(await next.json())));
  const sent = await fetch(`${RUNTIME}/${id}/response`, { method: 'POST', body: JSON.stringify(answer) });
  await sent.arrayBuffer();
}
