/** Whether the room sees the result. It stands in the address, so that a reload leaves it. */
import { useSearchParams } from 'wouter';

const NAME = 'revealed';

export interface Reveal {
  isRevealed: boolean;
  toggle: () => void;
}

export function useReveal(): Reveal {
  const [params, setParams] = useSearchParams();
  const isRevealed = params.has(NAME);
  const toggle = () =>
    setParams(
      (now) => {
        if (isRevealed) now.delete(NAME);
        else now.set(NAME, '');
        return now;
      },
      { replace: true },
    );
  return { isRevealed, toggle };
}
