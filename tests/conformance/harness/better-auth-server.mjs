// The real Better Auth behind plain node:http, in a process of its own: what kills it must not kill the suite.
// Set by the parent: DATABASE_URL, PORT, SETTINGS (as in settings.mjs) and OPTIONS (laid over what follows from
// them), both JSON. Says `ready` once it serves.

import { createServer } from 'node:http';

import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { bearer } from 'better-auth/plugins';
import pg from 'pg';

import { BASE_PATH, SECRET, TRUSTED } from './settings.mjs';

const settings = JSON.parse(process.env.SETTINGS);
const { bearerPlugin = true, ...overrides } = JSON.parse(process.env.OPTIONS);

const options = {
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  baseURL: settings.origin,
  basePath: BASE_PATH,
  secret: SECRET,
  trustedOrigins: [TRUSTED],
  emailAndPassword: {
    enabled: true,
    minPasswordLength: settings.minPasswordLength,
    maxPasswordLength: settings.maxPasswordLength,
  },
  session: { expiresIn: settings.expiresIn, updateAge: settings.updateAge },
  logger: { disabled: true },
  plugins: bearerPlugin ? [bearer({ requireSignature: settings.requireSignature })] : [],
  ...overrides,
};

const { runMigrations } = await getMigrations(options);
await runMigrations();

// The router reports a crash of a handler with console.error; the suite sees it as a 500.
if (!process.env.VERBOSE) console.error = () => {};

const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('ready'));
process.on('disconnect', () => process.exit());
