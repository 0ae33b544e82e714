import { useCallback, useEffect, useState } from 'react';

import { ServiceError } from '../lib/error';
import { useAuth } from './useAuth';

interface Loaded<T> {
  /** Neither this nor `error` while it is loading. */
  data?: T;
  error?: string;
  reload: () => Promise<void>;
}

/** What `load` gives; it has to be the same function each time. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const { refreshSession } = useAuth();
  const [state, setState] = useState<Pick<Loaded<T>, 'data' | 'error'>>({});

  const reload = useCallback(async () => {
    try {
      setState({ data: await load() });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      setState({ error: error.message });
      if (error.status === 401) await refreshSession();
    }
  }, [load, refreshSession]);

  useEffect(() => void reload(), [reload]);

  return { ...state, reload };
}
