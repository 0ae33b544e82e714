// Latchkey by Better Auth's own client. `auth.ts` has the same functions on `fetch` alone.

import { createAuthClient } from 'better-auth/react';

import { AWAY, ServiceError } from './error';
import type { DeviceSession, Session } from './session';
import { AUTH_URL, RESET_PAGE, VERIFIED_PAGE } from './urls';

const client = createAuthClient({ baseURL: AUTH_URL || location.origin });

interface Answer<T> {
  data: T | null;
  error: { status: number; message?: string; code?: string } | null;
}

async function answered<T>(call: Promise<Answer<T>>): Promise<T | null> {
  const { data, error } = await call.catch(() => {
    throw new ServiceError(0, AWAY);
  });
  if (error) throw new ServiceError(error.status, error.message ?? AWAY, error.code);
  return data;
}

/** Whether that has signed in as well: not where the address has to be proven first. */
export async function signUp(email: string, password: string, name: string): Promise<boolean> {
  const body = { email, password, name, callbackURL: VERIFIED_PAGE };
  const answer = await answered(client.signUp.email(body));
  return answer?.token != null;
}

export async function signIn(email: string, password: string): Promise<void> {
  await answered(client.signIn.email({ email, password }));
}

/** `null` where nobody is signed in. */
export async function getSession(): Promise<Session | null> {
  return answered(client.getSession());
}

export async function signOut(): Promise<void> {
  await answered(client.signOut());
}

export async function listSessions(): Promise<DeviceSession[]> {
  return (await answered(client.listSessions())) ?? [];
}

export async function revokeSession(token: string): Promise<void> {
  await answered(client.revokeSession({ token }));
}

export async function revokeOtherSessions(): Promise<void> {
  await answered(client.revokeOtherSessions());
}

export async function sendVerificationEmail(email: string): Promise<void> {
  await answered(client.sendVerificationEmail({ email, callbackURL: VERIFIED_PAGE }));
}

export async function requestPasswordReset(email: string): Promise<void> {
  await answered(client.requestPasswordReset({ email, redirectTo: RESET_PAGE }));
}

export async function resetPassword(token: string, newPassword: string): Promise<void> {
  await answered(client.resetPassword({ token, newPassword }));
}

export async function changeEmail(newEmail: string): Promise<void> {
  await answered(client.changeEmail({ newEmail, callbackURL: VERIFIED_PAGE }));
}

/** Signs out everywhere else as well: whoever knew the old password is out. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await answered(client.changePassword({ currentPassword, newPassword, revokeOtherSessions: true }));
}

export async function deleteUser(password: string): Promise<void> {
  await answered(client.deleteUser({ password }));
}
