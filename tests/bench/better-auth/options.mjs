// Better Auth as a project sets it up: e-mail and password, sessions of a week, pg.Pool. What a run of the bench adds
// is in the environment: BEARER (the plugin), COOKIE_CACHE.

import { bearer } from 'better-auth/plugins';
import pg from 'pg';

export function optionsFor({ databaseUrl, secret, baseURL, ssl }) {
  return {
    database: new pg.Pool({ connectionString: databaseUrl, ...(ssl && { ssl }) }),
    baseURL,
    basePath: '/api/auth',
    secret,
    emailAndPassword: {
      enabled: true,
      autoSignIn: true,
      requireEmailVerification: false,
      minPasswordLength: 8,
      maxPasswordLength: 128,
    },
    session: {
      expiresIn: 604_800,
      updateAge: 86_400,
      ...(process.env.COOKIE_CACHE && { cookieCache: { enabled: true, maxAge: 300 } }),
    },
    // One client sends all: on both sides nothing is limited.
    rateLimit: { enabled: false },
    logger: { level: 'info' },
    telemetry: { enabled: false },
    plugins: process.env.BEARER ? [bearer()] : [],
  };
}
