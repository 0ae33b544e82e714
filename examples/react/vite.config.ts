import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, '.', '');
  const port = Number(env.FRONTEND_PORT || 3000);
  const service = env.AUTH_SERVER_URL || `http://localhost:${env.AUTH_PORT || 4000}`;

  return {
    plugins: [react()],
    // With an empty VITE_AUTH_URL the pages call their own origin, and this passes the calls on. `vite preview` does too.
    server: { port, strictPort: true, proxy: { '/api/auth': service } },
    preview: { port, strictPort: true },
    build: { target: 'es2022' },
  };
});
