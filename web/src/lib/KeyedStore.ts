/** Values by id, outside React: who shows one value is drawn anew when that one changes. */
import { useCallback, useSyncExternalStore } from 'react';

export class KeyedStore<T> {
  private readonly values = new Map<number, T>();
  private readonly listeners = new Map<number, Set<() => void>>();

  get(id: number): T | undefined {
    return this.values.get(id);
  }

  set(id: number, value: T): void {
    this.values.set(id, value);
    this.tell(id);
  }

  clear(): void {
    const ids = [...this.values.keys()];
    this.values.clear();
    for (const id of ids) this.tell(id);
  }

  subscribe(id: number, listener: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
    };
  }

  private tell(id: number): void {
    for (const listener of this.listeners.get(id) ?? []) listener();
  }
}

export function useKeyed<T>(store: KeyedStore<T>, id: number): T | undefined {
  const subscribe = useCallback((on: () => void) => store.subscribe(id, on), [store, id]);
  return useSyncExternalStore(subscribe, () => store.get(id));
}
