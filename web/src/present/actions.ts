/** What a presenter can do: each by a key, and by a button that says which key it is. */
import type { IconName } from '~/ui/Icon';
import type { Keys } from './useKeys';

export interface Action {
  /** By useKeys' names; the first is the one that is told. */
  keys: readonly [string, ...string[]];
  /** How a keyboard names them. */
  keyNames: readonly string[];
  label: string;
  icon: IconName;
  /** Of one that is on or off. */
  isOn?: boolean;
  run: () => void;
}

/** All of them by their keys. */
export function keysOf(actions: readonly Action[]): Keys {
  return Object.fromEntries(
    actions.flatMap(({ keys, run }) => keys.map((key) => [key, run])),
  );
}
