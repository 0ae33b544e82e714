export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
}

export interface DeviceSession {
  token: string;
  createdAt: string | Date;
  ipAddress?: string | null;
  userAgent?: string | null;
}

/** Who is signed in, and by which session. */
export interface Session {
  user: User;
  session: DeviceSession;
}
