// Better Auth behind Express with cors and toNodeHandler, in production. Set by who starts it: DATABASE_URL, PORT,
// BETTER_AUTH_SECRET. Says `listening` once it serves.

import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import cors from 'cors';
import express from 'express';

import { optionsFor } from './options.mjs';

const { DATABASE_URL, PORT, BETTER_AUTH_SECRET, PUBLIC_URL, CORS_ORIGIN } = process.env;
const options = optionsFor({ databaseUrl: DATABASE_URL, secret: BETTER_AUTH_SECRET, baseURL: PUBLIC_URL });

const { runMigrations } = await getMigrations(options);
await runMigrations();

const app = express();
app.use(cors({ origin: CORS_ORIGIN.split(','), credentials: true }));
app.use(toNodeHandler(betterAuth(options)));
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
