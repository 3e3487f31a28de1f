/** The tags in use, most used first; those that were chosen stand before them. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link } from 'wouter';
import { tagsQuery } from '~/api/queries';
import { type Filter, hrefOf, toggleTag } from '~/feed/filter';
import { chipClass } from '~/ui/chip';
import { Icon } from '~/ui/Icon';
import { useSideways } from './useSideways';

const MOST = 30;

export function TagChips({ filter, className }: { filter: Filter; className: string }) {
  const { t } = useLingui();
  const { data = [] } = useQuery(tagsQuery);
  const others = data.map(({ tag }) => tag).filter((tag) => !filter.tags.includes(tag));
  const tags = [...filter.tags, ...others.slice(0, MOST)];
  const row = useRef<HTMLUListElement>(null);
  const { room, look, go } = useSideways(row, tags.join());
  return (
    <div className={`relative flex h-full min-w-0 grow ${className}`}>
      <ul
        ref={row}
        onScroll={look}
        aria-label={t`Tags`}
        className="fade-right flex h-full min-w-0 grow items-center gap-2 overflow-x-auto px-1"
      >
        <Chip href={hrefOf({ ...filter, tags: [] })} isChosen={filter.tags.length === 0}>
          <Trans>All</Trans>
        </Chip>
        <Chip
          href={hrefOf({ ...filter, closed: !filter.closed })}
          isChosen={filter.closed === true}
        >
          <Trans>Closed</Trans>
        </Chip>
        {tags.map((tag) => (
          <Chip
            key={tag}
            href={hrefOf(toggleTag(filter, tag))}
            isChosen={filter.tags.includes(tag)}
          >
            {tag}
          </Chip>
        ))}
      </ul>
      {room.left && <Arrow icon="left" className="left-0" onClick={() => go(-1)} />}
      {room.right && <Arrow icon="right" className="right-0" onClick={() => go(1)} />}
    </div>
  );
}

interface ArrowProps {
  icon: 'left' | 'right';
  className: string;
  onClick: () => void;
}

/** For a mouse alone: fingers move the row, and the keyboard goes from chip to chip. */
function Arrow({ icon, className, onClick }: ArrowProps) {
  return (
    <button
      type="button"
      aria-hidden="true"
      tabIndex={-1}
      onClick={onClick}
      className={`absolute inset-y-1.5 hidden w-11 items-center justify-center rounded-full bg-card text-quiet shadow-card hover:text-ink pointer-fine:flex ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}

interface ChipProps {
  href: string;
  isChosen: boolean;
  children: React.ReactNode;
}

function Chip({ href, isChosen, children }: ChipProps) {
  return (
    <li className="shrink-0">
      <Link href={href} aria-current={isChosen ? 'true' : undefined} className={chipClass}>
        {children}
      </Link>
    </li>
  );
}
