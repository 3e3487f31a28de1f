import { act, render, screen } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { KeyedStore, useKeyed } from './KeyedStore';

function Shown({ store, onDraw }: { store: KeyedStore<string>; onDraw: () => void }) {
  const value = useKeyed(store, 1);
  onDraw();
  return <p>{value ?? 'nothing'}</p>;
}

describe('a keyed store', () => {
  test('tells those who listen to the id that changed, and nobody else', () => {
    const store = new KeyedStore<string>();
    const one = vi.fn();
    const two = vi.fn();
    store.subscribe(1, one);
    store.subscribe(2, two);
    store.set(1, 'a');
    expect(store.get(1)).toBe('a');
    expect(one).toHaveBeenCalledTimes(1);
    expect(two).not.toHaveBeenCalled();
  });

  test('tells each of several listeners, until they leave', () => {
    const store = new KeyedStore<string>();
    const stays = vi.fn();
    const leaves = vi.fn();
    store.subscribe(1, stays);
    store.subscribe(1, leaves)();
    store.set(1, 'a');
    expect(stays).toHaveBeenCalledTimes(1);
    expect(leaves).not.toHaveBeenCalled();
  });

  test('forgets all, and says so to each', () => {
    const store = new KeyedStore<string>();
    store.set(1, 'a');
    const seen: unknown[] = [];
    store.subscribe(1, () => seen.push(store.get(1)));
    store.clear();
    expect(seen).toEqual([undefined]);
  });

  test('draws a component anew when its value changes, and only then', () => {
    const store = new KeyedStore<string>();
    const draws = vi.fn();
    render(<Shown store={store} onDraw={draws} />);
    expect(screen.getByText('nothing')).toBeTruthy();
    act(() => store.set(2, 'other'));
    expect(draws).toHaveBeenCalledTimes(1);
    act(() => store.set(1, 'mine'));
    expect(screen.getByText('mine')).toBeTruthy();
    expect(draws).toHaveBeenCalledTimes(2);
  });
});
