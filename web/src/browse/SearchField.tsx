/** What is typed goes into the address when the typing pauses, and comes back from it. */
import { useLingui } from '@lingui/react/macro';
import { type RefObject, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { type Filter, hrefOf } from '~/feed/filter';
import { IconButton } from '~/ui/Button';
import { inputClass } from '~/ui/Field';
import { Icon } from '~/ui/Icon';

const PAUSE_MS = 300;

interface SearchFieldProps {
  filter: Filter;
  input: RefObject<HTMLInputElement | null>;
  className: string;
  onClose: () => void;
}

export function SearchField({ filter, input, className, onClose }: SearchFieldProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useTyped(filter);
  const close = () => {
    setTyped('');
    onClose();
  };
  return (
    <search className={`relative grow sm:w-48 sm:shrink-0 sm:grow-0 lg:w-64 ${className}`}>
      <Icon name="search" className="absolute top-3 start-3 size-5 text-quiet" />
      <input
        ref={input}
        type="search"
        dir="auto"
        enterKeyHint="search"
        aria-label={t`Search polls`}
        placeholder={t`Search`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && close()}
        className={`${inputClass} px-10! [&::-webkit-search-cancel-button]:hidden`}
      />
      <IconButton
        icon="close"
        label={t`Clear search`}
        className={`absolute top-0 end-0 ${typed === '' ? 'sm:hidden' : ''}`}
        onClick={close}
      />
    </search>
  );
}

/** One step back takes a whole search away: only its beginning is a step of its own. */
function useTyped(filter: Filter): [string, (text: string) => void] {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState(filter.q);
  const [shown, setShown] = useState(filter.q);
  if (shown !== filter.q) {
    setShown(filter.q); // the address has changed, by us or by "back"
    if (typed.trim() !== filter.q) setTyped(filter.q);
  }
  const q = typed.trim();
  useEffect(() => {
    if (q === filter.q) return;
    const go = () => navigate(hrefOf({ ...filter, q }), { replace: filter.q !== '' });
    const timer = setTimeout(go, q === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [q, filter, navigate]);
  return [typed, setTyped];
}
