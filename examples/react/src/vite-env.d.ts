interface ImportMetaEnv {
  readonly VITE_AUTH_URL?: string;
  readonly VITE_API_URL?: string;
  readonly VITE_AUTH_CLIENT?: 'fetch' | 'better-auth';
}
